import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto"

import { Section } from "./section.ts"

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

/** The minimum length of a key for HS256 (RFC 7518 §3.2). */
export const HS256_MIN_BYTES = 32

/** Reads the public keys of a section, from `jwks` or `publicKey` (PEM). */
export const readPublicKeys = (section: Section): JsonWebKeySet | undefined => {
  const pem = section.optionalText("publicKey")
  const jwks = readKeySet(section, "jwks")
  if (pem !== undefined && jwks !== undefined) section.fail("publicKey", "give jwks or publicKey, not both")
  if (pem !== undefined) return { keys: [fromPem(section, pem)] }
  for (const [index, key] of (jwks?.keys ?? []).entries()) {
    const at = `jwks.keys[${index}]`
    if (PRIVATE_MEMBERS.some((member) => key[member] !== undefined)) {
      section.fail(at, "is a private key; give the public one only")
    }
    checkKey(section, at, key)
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

/** Refuses a key that cannot be used, private if it has `d`, at a path such as `jwks.keys[0]`; never repeats its members. */
export const checkKey = (section: Section, at: string, key: JsonWebKey): void => {
  const members = new Section(section.at(at), key, Object.keys(key))
  const type = members.choice("kty", KEY_TYPES) ?? members.fail("kty", "is missing")
  for (const name of ["kid", "alg", "use"]) members.optionalText(name)
  members.texts("x5c")
  checkLength(section, at, imported(key) ?? section.fail(at, unusable(type, key["d"] !== undefined)))
}

const PRIVATE_MEMBERS = ["d", "k", "p", "q", "dp", "dq", "qi", "oth", "priv"]
const KEY_TYPES = ["RSA", "EC", "OKP"] as const
type KeyType = (typeof KEY_TYPES)[number]

const PUBLIC_PARTS: Readonly<Record<KeyType, string>> = { RSA: "n, e", EC: "crv, x, y", OKP: "crv, x" }
const PRIVATE_PARTS: Readonly<Record<KeyType, string>> = { RSA: "d, p, q, dp, dq, qi", EC: "d", OKP: "d" }

const unusable = (type: KeyType, isPrivate: boolean): string => {
  const parts = isPrivate ? `${PUBLIC_PARTS[type]}, ${PRIVATE_PARTS[type]}` : PUBLIC_PARTS[type]
  return `is not a usable ${type} key; it needs ${parts} of one key, copied whole`
}

const imported = (key: JsonWebKey): KeyObject | undefined => {
  const input = { key: { ...key }, format: "jwk" } as const
  try {
    return key["d"] === undefined ? createPublicKey(input) : createPrivateKey(input)
  } catch {
    return undefined
  }
}

/** The minimum size of an RSA key (RFC 7518 §3.3). */
const RSA_MIN_BITS = 2048

const checkLength = (section: Section, at: string, { asymmetricKeyDetails }: KeyObject): void => {
  const bits = asymmetricKeyDetails?.modulusLength
  if (bits === undefined || bits >= RSA_MIN_BITS) return
  section.fail(at, `has ${bits} bits, an RSA key needs at least ${RSA_MIN_BITS} (RFC 7518 §3.3); make a new pair`)
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
  const read = parsedPem(pem) ?? section.fail("publicKey", "must be a public key as PEM (-----BEGIN PUBLIC KEY-----)")
  checkLength(section, "publicKey", read.key)
  return read.jwk
}

const parsedPem = (pem: string): { readonly key: KeyObject; readonly jwk: JsonWebKey } | undefined => {
  try {
    const key = createPublicKey(pem)
    return { key, jwk: key.export({ format: "jwk" }) as JsonWebKey }
  } catch {
    return undefined
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isKey = (value: unknown): value is JsonWebKey => isObject(value) && typeof value["kty"] === "string"
