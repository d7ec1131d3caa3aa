import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { importJWK, importPKCS8, type JWK } from "jose"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { secretText } from "./secret.ts"
import { algorithmOfCryptoKey, algorithmOfJwk, algorithmOfPem } from "./key-algorithm.ts"

/** A private key as PKCS #8 PEM, JWK or `CryptoKey`. */
export type PrivateKey = Redacted.Redacted<string> | string | JWK | CryptoKey

/** How a private key signs. */
export interface PrivateKeyOptions {
  /** @default the key's own; RS256 for an RSA key without one */
  readonly algorithm?: string | undefined
  /** The key's id at the server (`kid`). @default the JWK's `kid` */
  readonly keyId?: string | undefined
}

/** The key for signing assertions: a private key, or a secret shared with the server (HS256). */
export type SigningKey =
  | (PrivateKeyOptions & { readonly key: PrivateKey })
  | { readonly secret: Redacted.Redacted<string> }

export interface ImportedKey {
  readonly key: CryptoKey | Uint8Array
  readonly algorithm: string
  readonly keyId: string | undefined
}

/** Imports a key for signing. An error never shows a character of it. */
export const importSigningKey = (input: SigningKey): Effect.Effect<ImportedKey, AcquireError> => {
  if ("secret" in input) return importSecret(input.secret)
  if (input.key === undefined || input.key === null) return invalid("is missing")
  const key = Redacted.isRedacted(input.key) ? Redacted.value(input.key) : input.key
  const keyId = input.keyId ?? (isJwk(key) ? key.kid : undefined)
  const algorithm = input.algorithm ?? algorithmOf(key)
  if (algorithm === undefined) return invalid(`is none of PKCS #8 PEM ("BEGIN PRIVATE KEY"), JWK and CryptoKey`)
  if (algorithm === "none" || algorithm.startsWith("HS")) return invalid("must sign with an asymmetric algorithm")
  return Effect.map(
    Effect.tryPromise({
      try: () => importPrivate(key, algorithm),
      catch: () => invalidOptions("key", `is not a private key for ${algorithm}`),
    }),
    (imported) => ({ key: imported, algorithm, keyId }),
  )
}

const importSecret = (secret: Redacted.Redacted<string>): Effect.Effect<ImportedKey, AcquireError> =>
  Effect.flatMap(secretText("clientSecret", secret), importHmac)

const importHmac = (secret: string): Effect.Effect<ImportedKey, AcquireError> => {
  const key = new TextEncoder().encode(secret)
  if (key.byteLength >= 32) return Effect.succeed({ key, algorithm: "HS256", keyId: undefined })
  const problem = `has ${key.byteLength} bytes, and HS256 needs at least 32 (RFC 7518 §3.2)`
  return Effect.fail(
    invalidOptions("clientSecret", problem, "Use a longer one, such as `openssl rand -base64 48` prints."),
  )
}

type PlainKey = string | JWK | CryptoKey

const importPrivate = async (key: PlainKey, algorithm: string): Promise<CryptoKey> => {
  if (typeof key === "string") return importPKCS8(key, algorithm)
  if (isCryptoKey(key)) return key
  if (!("d" in key)) throw new TypeError("a public key")
  const imported = await importJWK(key, algorithm)
  if (imported instanceof Uint8Array) throw new TypeError("a secret")
  return imported
}

const algorithmOf = (key: PlainKey): string | undefined => {
  if (typeof key === "string") return algorithmOfPem(key)
  return isCryptoKey(key) ? algorithmOfCryptoKey(key) : algorithmOfJwk(key)
}

const isCryptoKey = (key: PlainKey): key is CryptoKey => key instanceof CryptoKey

const isJwk = (key: PlainKey): key is JWK => typeof key === "object" && !isCryptoKey(key)

const invalid = (problem: string): Effect.Effect<never, AcquireError> => Effect.fail(invalidOptions("key", problem))
