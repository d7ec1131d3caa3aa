import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { StoreError } from "../../src/errors/store-error.ts"
import { encryptedStore } from "../../src/store/encrypted.ts"
import { encryptionKey, type EncryptionKey } from "../../src/store/encryption-key.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { reasonOf } from "../support/reason.ts"

/** A key that counts how often it is loaded. */
const counting = (isCurrent?: () => boolean) => {
  const { id, material } = encryptionKey("one", crypto.getRandomValues(new Uint8Array(32)))
  const loaded = { times: 0 }
  const load = Effect.suspend(() => {
    loaded.times += 1
    return Result.getOrThrow(material)
  })
  const key: EncryptionKey = { id, material: Result.succeed(load), ...(isCurrent !== undefined && { isCurrent }) }
  return { key, loaded }
}

const using = (key: EncryptionKey, work: Effect.Effect<void, unknown, TokenStore>) =>
  Effect.provide(work, encryptedStore({ keys: [key] }).pipe(Layer.provide(memoryStoreLayer())))

const write = (value: string) => TokenStore.use((store) => Effect.asVoid(store.put("key", value)))
const read = TokenStore.use((store) => Effect.map(store.get("key"), (stored) => stored?.value))

it.effect("a key is loaded once, for all that is written and read", () => {
  const { key, loaded } = counting()
  return Effect.andThen(
    using(
      key,
      Effect.gen(function* () {
        for (const value of ["a", "b"]) {
          yield* write(value)
          assert.strictEqual(yield* read, value)
        }
      }),
    ),
    Effect.sync(() => assert.strictEqual(loaded.times, 1)),
  )
})

it.effect("a key is loaded again when it is current no more", () => {
  let current = true
  const { key, loaded } = counting(() => current)
  return using(
    key,
    Effect.gen(function* () {
      yield* write("a")
      assert.strictEqual(yield* read, "a")
      assert.strictEqual(loaded.times, 1)
      current = false
      assert.strictEqual(yield* read, "a")
      assert.strictEqual(loaded.times, 2)
    }),
  )
})

it.effect("a key whose store failed says so with that failure, and any other that there is no key", () => {
  const denied = new StoreError({ reason: { _tag: "StoreUnavailable", operation: "get", detail: "SecurityError" } })
  const detailOf = (cause: unknown) =>
    Effect.map(
      Effect.provide(
        reasonOf(write("a")),
        encryptedStore({ keys: [{ id: "one", material: Result.succeed(Effect.fail(cause)) }] }).pipe(
          Layer.provide(memoryStoreLayer()),
        ),
      ),
      (reason) => "detail" in reason && reason.detail,
    )
  return Effect.gen(function* () {
    assert.strictEqual(yield* detailOf(denied), "SecurityError")
    assert.strictEqual(yield* detailOf(new Error("secret")), "no WebCrypto key")
  })
})
