import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { StoreError, type StoreUnavailable } from "../errors/store-error.ts"
import { warn } from "../telemetry/telemetry.ts"
import type { EncryptionKey } from "./encryption-key.ts"
import { boundTo, formatSealed, nonceBytes, parseSealed } from "./sealed-value.ts"
import { type PutOptions, type Stored, TokenStore } from "./token-store.ts"

/** Options of `encryptedStore` and `encryptedStorage`. */
export interface EncryptedOptions {
  /**
   * The first key encrypts, all of them decrypt. To rotate, append the new key everywhere, then move it to the front,
   * and drop the old one when nothing encrypted with it is needed any more.
   */
  readonly keys: readonly [EncryptionKey, ...ReadonlyArray<EncryptionKey>]
}

/**
 * Encrypts the values of another token store with AES-GCM, each bound to its store key; the store keys themselves stay
 * in clear text. A value that was changed, moved to another key or encrypted with an unlisted key counts as missing,
 * and a warning is logged. Anybody who can write to the other store can still remove a value or restore an older one.
 *
 * Fails with `InvalidOptions` if a key is not usable. A key is good for about four billion writes: rotate it before.
 *
 * @example encryptedStore({ keys: [derivedKey("2026-11", secret)] }).pipe(Layer.provide(keyValueStore(() => localStorage)))
 *
 * @see NIST SP 800-38D §8.3
 */
export const encryptedStore = (options: EncryptedOptions): Layer.Layer<TokenStore, AcquireError, TokenStore> =>
  Layer.effect(
    TokenStore,
    TokenStore.use((inner) => makeEncryptedStore(inner, options)),
  )

/** The service of `encryptedStore`. */
export const makeEncryptedStore = /*#__PURE__*/ Effect.fnUntraced(function* (
  inner: TokenStore["Service"],
  options: EncryptedOptions,
) {
  const keys = yield* makeKeys(options.keys)

  const opened = Effect.fnUntraced(function* (key: string, sealed: string) {
    const value = yield* open(keys, key, sealed)
    if (Result.isSuccess(value)) return value.success
    yield* warn(`A value in the token store is treated as missing: it ${value.failure}.`)
    return undefined
  })

  const get = Effect.fnUntraced(function* (key: string) {
    const stored = yield* inner.get(key)
    if (stored === undefined) return undefined
    const value = yield* opened(key, stored.value)
    return value === undefined ? undefined : ({ value, version: stored.version } satisfies Stored)
  })

  return {
    get,
    put: Effect.fnUntraced(function* (key: string, value: string, options: PutOptions = {}) {
      const sealed = yield* seal(keys, key, value)
      const written = yield* inner.put(key, sealed, options)
      if (written || options.expected !== null) return written
      // what cannot be decrypted counts as missing, and must not block a new value for ever
      const current = yield* inner.get(key)
      if (current === undefined || (yield* opened(key, current.value)) !== undefined) return false
      return yield* inner.put(key, sealed, { ...options, expected: current.version })
    }),
    remove: inner.remove,
  } satisfies TokenStore["Service"]
})

type Operation = Extract<StoreUnavailable["operation"], "get" | "put">

interface Keys {
  readonly sealing: string
  readonly has: (id: string) => boolean
  readonly load: (id: string, operation: Operation) => Effect.Effect<CryptoKey, StoreError>
}

const makeKeys = Effect.fnUntraced(function* (keys: ReadonlyArray<EncryptionKey>) {
  const materials = new Map<string, Effect.Effect<CryptoKey, unknown>>()
  for (const [index, { id, material }] of keys.entries()) {
    if (Result.isFailure(material)) return yield* invalidOptions(`keys[${index}]`, material.failure.problem)
    if (materials.has(id)) return yield* invalidOptions(`keys[${index}]`, "has the id of another key")
    materials.set(id, material.success)
  }
  const [first] = keys
  if (first === undefined) return yield* invalidOptions("keys", "is empty")

  // only settled keys are cached: on Workers one request must not wait for another's promise
  const loaded = new Map<string, CryptoKey>()
  return {
    sealing: first.id,
    has: (id) => materials.has(id),
    load: (id, operation) => {
      const ready = loaded.get(id)
      const isCurrent = keys.find((key) => key.id === id)?.isCurrent?.() ?? true
      if (ready !== undefined && isCurrent) return Effect.succeed(ready)
      return materials.get(id)!.pipe(
        Effect.tap((key) => Effect.sync(() => loaded.set(id, key))),
        Effect.mapError((error) => (error instanceof StoreError ? error : unavailable(operation, "no WebCrypto key"))),
      )
    },
  } satisfies Keys
})

const seal = Effect.fnUntraced(function* (keys: Keys, key: string, value: string) {
  const keyId = keys.sealing
  const cryptoKey = yield* keys.load(keyId, "put")
  const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
  // as JSON, because UTF-8 alone would corrupt a lone surrogate
  const plaintext = new TextEncoder().encode(JSON.stringify(value))
  const ciphertext = yield* Effect.tryPromise({
    try: () => crypto.subtle.encrypt(gcm(nonce, boundTo(keyId, key)), cryptoKey, plaintext),
    catch: () => unavailable("put", "encryption failed"),
  })
  return formatSealed({ keyId, nonce, ciphertext: new Uint8Array(ciphertext) })
})

const open = Effect.fnUntraced(function* (keys: Keys, key: string, text: string) {
  const sealed = parseSealed(text)
  if (sealed === undefined) return Result.fail("is not a sealed value of this format")
  const { keyId, nonce, ciphertext } = sealed
  if (!keys.has(keyId)) return Result.fail("was sealed with a key that is not listed")
  const cryptoKey = yield* keys.load(keyId, "get")
  const plaintext = yield* Effect.exit(
    Effect.tryPromise(() => crypto.subtle.decrypt(gcm(nonce, boundTo(keyId, key)), cryptoKey, ciphertext)),
  )
  if (Exit.isFailure(plaintext)) return Result.fail("was changed, or belongs under another key of the store")
  return Result.succeed(JSON.parse(new TextDecoder().decode(plaintext.value)) as string)
})

const gcm = (iv: Uint8Array<ArrayBuffer>, additionalData: Uint8Array<ArrayBuffer>): AesGcmParams => ({
  name: "AES-GCM",
  iv,
  additionalData,
  tagLength: 128,
})

const unavailable = (operation: Operation, detail: string): StoreError =>
  new StoreError({ reason: { _tag: "StoreUnavailable", operation, detail } })
