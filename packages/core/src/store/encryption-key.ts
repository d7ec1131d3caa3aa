import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"

/** A key of an encrypted store. Printing it shows only its id. */
export interface EncryptionKey {
  /** Stored in clear text beside each value that the key encrypted. */
  readonly id: string
  /** Why the key is invalid, or how to load it; evaluated each time. */
  readonly material: Result.Result<Effect.Effect<CryptoKey, unknown>, Invalid>
  /** Whether the key loaded last is still current; if not it is loaded again. @default always */
  readonly isCurrent?: () => boolean
}

/**
 * A key of 32 random bytes, or a `CryptoKey` for 256-bit AES-GCM that may encrypt and decrypt.
 *
 * @param id 1 to 64 letters, digits, `-` or `_`; unique for each key
 */
export const encryptionKey = (id: string, key: KeyInput | Redacted.Redacted<KeyInput>): EncryptionKey =>
  named(id, keyMaterial(Redacted.isRedacted(key) ? Redacted.value(key) : key))

/**
 * A key derived from a secret of at least 32 bytes with HKDF-SHA-256; text counts as its UTF-8 bytes. The secret must
 * be random, such as from `openssl rand -base64 48`: a password can be guessed.
 *
 * @param id as for `encryptionKey`; the same secret with another id gives another key
 *
 * @see RFC 5869
 */
export const derivedKey = (id: string, secret: SecretText | Redacted.Redacted<SecretText>): EncryptionKey =>
  named(id, derivedMaterial(id, Redacted.isRedacted(secret) ? Redacted.value(secret) : secret))

type KeyInput = Uint8Array | CryptoKey
type SecretText = string | Uint8Array
type Material = EncryptionKey["material"]

const keyBytes = 32
const cipher = "AES-GCM"
const use: ReadonlyArray<KeyUsage> = ["encrypt", "decrypt"]

const named = (id: string, material: Material): EncryptionKey =>
  /^[\w-]{1,64}$/.test(id)
    ? { id, material }
    : { id: "", material: invalid("must have an id of 1 to 64 letters, digits, - or _") }

const keyMaterial = (key: KeyInput): Material => {
  if (!(key instanceof Uint8Array)) return cryptoKeyMaterial(key)
  if (key.length !== keyBytes) return invalid(`has ${key.length} bytes, and ${keyBytes} are needed`)
  const bytes = new Uint8Array(key)
  return Result.succeed(platform(() => crypto.subtle.importKey("raw", bytes, cipher, false, use)))
}

const cryptoKeyMaterial = (key: CryptoKey): Material => {
  const { name, length } = key.algorithm as Partial<AesKeyAlgorithm>
  if (name !== cipher || length !== keyBytes * 8) return invalid(`is not a key for ${cipher} of ${keyBytes * 8} bits`)
  if (!use.every((each) => key.usages.includes(each))) return invalid("may not be used to encrypt and decrypt")
  return Result.succeed(Effect.succeed(key))
}

const derivedMaterial = (id: string, secret: SecretText): Material => {
  const bytes = typeof secret === "string" ? new TextEncoder().encode(secret) : new Uint8Array(secret)
  if (bytes.length < keyBytes) {
    return invalid(`has a secret of ${bytes.length} bytes, and at least ${keyBytes} are needed`)
  }
  const info = new TextEncoder().encode(`bearerkit encrypted store, key ${id}`)
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info }
  return Result.succeed(
    platform(async () => {
      const secret = await crypto.subtle.importKey("raw", bytes, "HKDF", false, ["deriveKey"])
      return crypto.subtle.deriveKey(hkdf, secret, { name: cipher, length: keyBytes * 8 }, false, use)
    }),
  )
}

const platform = <A>(ask: () => Promise<A>): Effect.Effect<A, unknown> =>
  Effect.tryPromise({ try: ask, catch: (cause) => cause })

const invalid = (problem: string): Result.Result<never, Invalid> => Result.fail({ field: "keys", problem })
