import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { importJWK, importPKCS8, type JWK } from "jose"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"

/** What assertions are signed with: a shared secret (HS256), or a private key as JWK, PKCS #8 PEM or `CryptoKey`. */
export type SigningKey =
  | { readonly secret: Redacted.Redacted<string> }
  | {
      readonly key: Redacted.Redacted<string> | string | JWK | CryptoKey
      /** @default the JWK's `alg`, or the one that fits its curve; for PEM and RSA keys RS256 */
      readonly algorithm?: string
      /** Names the key to the server. @default the JWK's `kid` */
      readonly keyId?: string
    }

export interface ImportedKey {
  readonly key: CryptoKey | Uint8Array
  readonly algorithm: string
  readonly keyId: string | undefined
}

/** Makes a key ready to sign. What is wrong with it is said without a character of it. */
export const importSigningKey = (input: SigningKey): Effect.Effect<ImportedKey, AcquireError> => {
  if ("secret" in input) return importSecret(input.secret)
  const { key } = input
  const keyId = input.keyId ?? (isJwk(key) ? key.kid : undefined)
  const algorithm = input.algorithm ?? (isJwk(key) ? algorithmOf(key) : isCryptoKey(key) ? undefined : "RS256")
  if (algorithm === undefined) return invalid("needs an algorithm: pass { key, algorithm }")
  if (algorithm === "none" || algorithm.startsWith("HS")) return invalid("must sign with an asymmetric algorithm")
  if (isCryptoKey(key)) return Effect.succeed({ key, algorithm, keyId })
  return Effect.map(
    Effect.tryPromise({
      try: () => importPrivate(key, algorithm),
      catch: () => invalidOptions("key", `is not a private key for ${algorithm} (PKCS #8 PEM or JWK)`),
    }),
    (imported) => ({ key: imported, algorithm, keyId }),
  )
}

const importSecret = (secret: Redacted.Redacted<string>): Effect.Effect<ImportedKey, AcquireError> => {
  const key = new TextEncoder().encode(Redacted.value(secret))
  if (key.byteLength >= 32) return Effect.succeed({ key, algorithm: "HS256", keyId: undefined })
  const problem = `has ${key.byteLength} bytes, and HS256 needs at least 32 (RFC 7518 §3.2)`
  return Effect.fail(invalidOptions("secret", problem))
}

type PrivateKey = Redacted.Redacted<string> | string | JWK

const importPrivate = async (key: PrivateKey, algorithm: string): Promise<CryptoKey> => {
  if (typeof key === "string") return importPKCS8(key, algorithm)
  if (Redacted.isRedacted(key)) return importPKCS8(Redacted.value(key), algorithm)
  if (!("d" in key)) throw new TypeError("a public key")
  const imported = await importJWK(key, algorithm)
  if (imported instanceof Uint8Array) throw new TypeError("a secret")
  return imported
}

const isCryptoKey = (key: PrivateKey | CryptoKey): key is CryptoKey => key instanceof CryptoKey

const isJwk = (key: PrivateKey | CryptoKey): key is JWK =>
  typeof key === "object" && !isCryptoKey(key) && !Redacted.isRedacted(key)

const algorithmOf = (jwk: JWK): string => jwk.alg ?? byCurve.get(jwk.crv ?? "") ?? "RS256"

const byCurve: ReadonlyMap<string, string> = /*#__PURE__*/ new Map([
  ["P-256", "ES256"],
  ["P-384", "ES384"],
  ["P-521", "ES512"],
  ["Ed25519", "EdDSA"],
])

const invalid = (problem: string): Effect.Effect<never, AcquireError> => Effect.fail(invalidOptions("key", problem))
