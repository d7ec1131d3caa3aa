import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import { kvTokenStore } from "../../src/bridge/effect-persistence.ts"
import { encryptedStore } from "../../src/store/encrypted.ts"
import { encryptionKey } from "../../src/store/encryption-key.ts"
import { TokenStore } from "../../src/store/token-store.ts"
import { tokenStoreLaws } from "../laws/token-store.ts"
import { reasonOf } from "../support/reason.ts"
import { mapStorage } from "../support/storage.ts"

const memory = KeyValueStore.layerMemory
const key = encryptionKey("one", crypto.getRandomValues(new Uint8Array(32)))

tokenStoreLaws("Effect's key-value store", kvTokenStore().pipe(Layer.provide(memory)))
tokenStoreLaws(
  "Effect's key-value store, encrypted",
  encryptedStore({ keys: [key] }).pipe(Layer.provide(kvTokenStore()), Layer.provide(memory)),
)

describe("a token store over Effect's key-value store", () => {
  it.effect("keeps its entries under the prefix", () =>
    Effect.gen(function* () {
      const store = yield* TokenStore
      yield* store.put("key", "value")
      const kv = yield* KeyValueStore.KeyValueStore
      assert.deepStrictEqual(yield* kv.keys, ["mine:key"])
    }).pipe(Effect.provide(kvTokenStore({ prefix: "mine:" }).pipe(Layer.provideMerge(memory)))),
  )

  it.effect("names the cause when the other store fails, and nothing of the value", () => {
    const setItem = () => {
      throw new DOMException("no room for s3cret", "QuotaExceededError")
    }
    const full = KeyValueStore.layerStorage(() => ({ ...mapStorage(), setItem }) as unknown as Storage)
    return Effect.gen(function* () {
      const error = yield* Effect.flip((yield* TokenStore).put("key", "s3cret"))
      const reason = yield* reasonOf(Effect.fail(error))
      const detail = "QuotaExceededError"
      assert.deepStrictEqual(reason, { _tag: "StoreUnavailable", operation: "put", detail })
      assert.notInclude(`${error.message}${JSON.stringify(error)}`, "s3cret")
    }).pipe(Effect.provide(kvTokenStore().pipe(Layer.provide(full))))
  })
})
