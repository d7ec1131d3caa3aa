import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Redacted from "effect/Redacted"
import { CompactEncrypt, compactDecrypt } from "jose"
import { type SessionError, invalidOptions } from "../errors/session-error.ts"
import type { Secret } from "../protocol/secret.ts"

/**
 * Secrets of at least 32 random bytes, such as from `openssl rand -base64 48`. The first one encrypts, all of them
 * decrypt.
 */
export type CookieKeys = readonly [Secret, ...ReadonlyArray<Secret>]

/** Seals one kind of cookie. */
export interface CookieSeal {
  readonly seal: (text: string) => Effect.Effect<string>
  /** The text, if one of the keys has sealed it for this use. */
  readonly open: (sealed: string) => Effect.Effect<Unsealed | undefined>
}

export interface Unsealed {
  readonly text: string
  /** Whether it was sealed with a key other than the first. */
  readonly old: boolean
}

/** The use of a seal; text sealed for one use does not open for another. */
export interface CookieUse {
  readonly purpose: string
  readonly cookie: string
}

/**
 * Seals text for cookies as a JWE (`dir`, `A256GCM`) with keys derived for one purpose and one cookie name. Nothing
 * from the browser chooses an algorithm: the header must be exactly the one that is written here.
 *
 * @see RFC 7516 §7.1, RFC 5869
 */
export const makeCookieSeal = (keys: CookieKeys, use: CookieUse): Effect.Effect<CookieSeal, SessionError> =>
  Effect.map(checked(keys), (secrets) => {
    // only settled keys are cached: on Workers one request must not wait for another's promise
    let ready: ReadonlyArray<SealingKey> | undefined
    const load = Effect.suspend(() =>
      ready === undefined
        ? Effect.tap(
            Effect.promise(() => Promise.all(secrets.map((secret) => sealingKey(secret, use)))),
            (made) => Effect.sync(() => (ready = made)),
          )
        : Effect.succeed(ready),
    )
    return {
      seal: Effect.fnUntraced(function* (text: string) {
        const { header, key } = (yield* load)[0]!
        const plaintext = new TextEncoder().encode(text)
        return yield* Effect.promise(() => new CompactEncrypt(plaintext).setProtectedHeader(header).encrypt(key))
      }),
      open: Effect.fnUntraced(function* (sealed: string) {
        if (sealed.length > maxLength) return undefined
        const all = yield* load
        const key = all.find(({ prefix }) => sealed.startsWith(prefix))
        const text = key && (yield* Effect.orElseSucceed(decrypted(sealed, key), () => undefined))
        return text === undefined ? undefined : { text, old: key !== all[0] }
      }),
    }
  })

interface SealingKey {
  readonly header: { readonly alg: "dir"; readonly enc: "A256GCM"; readonly kid: string }
  /** The beginning of every value it seals: the header, and no encrypted key. */
  readonly prefix: string
  readonly key: CryptoKey
}

const maxLength = 64 * 1024
const minBytes = 32

const checked = (keys: CookieKeys): Effect.Effect<ReadonlyArray<Uint8Array<ArrayBuffer>>, SessionError> => {
  const texts = [keys].flat().map((secret: unknown) => (Redacted.isRedacted(secret) ? Redacted.value(secret) : secret))
  if (texts.length === 0 || texts.some((text) => typeof text !== "string" || text === "")) {
    return invalidOptions("cookieKeys", "is missing or empty", `Check that the variable is set. ${howToMake}`)
  }
  const secrets = texts.map((text) => new TextEncoder().encode(String(text)))
  const short = secrets.find(({ length }) => length < minBytes)
  if (short !== undefined) {
    const problem = `has a secret of ${short.length} bytes, and at least ${minBytes} are needed`
    return invalidOptions("cookieKeys", problem, howToMake)
  }
  return new Set(texts).size < texts.length
    ? invalidOptions("cookieKeys", "has a secret twice", "Leave one of them out.")
    : Effect.succeed(secrets)
}

const howToMake = "Make a secret with: openssl rand -base64 48"

const sealingKey = async (secret: Uint8Array<ArrayBuffer>, { purpose, cookie }: CookieUse): Promise<SealingKey> => {
  const root = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits", "deriveKey"])
  const id = await crypto.subtle.deriveBits(hkdf(["key id"]), root, 72)
  const cipher = { name: "AES-GCM", length: 256 }
  const key = await crypto.subtle.deriveKey(hkdf([purpose, cookie]), root, cipher, false, ["encrypt", "decrypt"])
  const header = { alg: "dir", enc: "A256GCM", kid: Base64Url.encode(new Uint8Array(id)) } as const
  return { header, key, prefix: `${Base64Url.encode(JSON.stringify(header))}..` }
}

const hkdf = (use: ReadonlyArray<string>): HkdfParams => ({
  name: "HKDF",
  hash: "SHA-256",
  salt: new Uint8Array(),
  info: new TextEncoder().encode(JSON.stringify(["bearerkit cookie", ...use])),
})

const decrypted = (sealed: string, { key }: SealingKey) =>
  Effect.tryPromise(async () => {
    const { plaintext } = await compactDecrypt(sealed, key, {
      keyManagementAlgorithms: ["dir"],
      contentEncryptionAlgorithms: ["A256GCM"],
    })
    return new TextDecoder("utf-8", { fatal: true }).decode(plaintext)
  })
