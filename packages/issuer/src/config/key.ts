import { createPublicKey } from "node:crypto"

import type { Section } from "./section.ts"

/** A JSON Web Key (RFC 7517 §4). */
export interface JsonWebKey {
  readonly kty: string
  readonly kid?: string
  readonly alg?: string
  readonly use?: string
  readonly [member: string]: unknown
}

/** A JSON Web Key Set (RFC 7517 §5). */
export interface JsonWebKeySet {
  readonly keys: ReadonlyArray<JsonWebKey>
}

/** What a key used with HS256 needs at least (RFC 7518 §3.2). */
export const HS256_MIN_BYTES = 32

/** Reads the public keys that a section gives as `jwks` or as `publicKey` (PEM). */
export const readPublicKeys = (section: Section): JsonWebKeySet | undefined => {
  const pem = section.optionalText("publicKey")
  const jwks = readKeySet(section, "jwks")
  if (pem !== undefined && jwks !== undefined) section.fail("publicKey", "give jwks or publicKey, not both")
  if (pem !== undefined) return { keys: [fromPem(section, pem)] }
  for (const [index, key] of (jwks?.keys ?? []).entries()) {
    if (key["d"] !== undefined || key["k"] !== undefined || key["priv"] !== undefined) {
      section.fail(`jwks.keys[${index}]`, "is a private key; give the public one only")
    }
  }
  return jwks
}

export const readKeySet = (section: Section, name: string): JsonWebKeySet | undefined => {
  const value = section.optional(name)
  if (value === undefined) return undefined
  const keys = isObject(value) ? value["keys"] : undefined
  if (!Array.isArray(keys) || keys.length === 0 || !keys.every(isKey)) {
    return section.fail(name, "must be a JSON Web Key Set: { keys: [{ kty, … }] }")
  }
  return { keys }
}

/** Refuses a secret that is too short to be an HS256 key, without repeating it. */
export const checkHs256 = (section: Section, name: string, key: Uint8Array): void => {
  if (key.length >= HS256_MIN_BYTES) return
  section.fail(
    name,
    `has ${key.length} bytes, HS256 needs at least ${HS256_MIN_BYTES} (RFC 7518 §3.2); make one with: openssl rand -base64 48`,
  )
}

const fromPem = (section: Section, pem: string): JsonWebKey => {
  if (pem.includes("PRIVATE KEY")) section.fail("publicKey", "is a private key; give the public one only")
  try {
    return createPublicKey(pem).export({ format: "jwk" }) as JsonWebKey
  } catch {
    return section.fail("publicKey", "must be a public key as PEM (-----BEGIN PUBLIC KEY-----)")
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isKey = (value: unknown): value is JsonWebKey => isObject(value) && typeof value["kty"] === "string"
