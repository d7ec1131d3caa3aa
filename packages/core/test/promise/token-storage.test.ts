import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { BearerError } from "../../src/promise/bearer-error.ts"
import { makeRunner } from "../../src/promise/runner.ts"
import { storageLayer } from "../../src/promise/storage-layer.ts"
import { encryptedStorage, memoryStorage } from "../../src/promise/token-storage.ts"
import { derivedKey } from "../../src/store/encryption-key.ts"
import { Lock } from "../../src/store/lock.ts"
import { TokenStore } from "../../src/store/token-store.ts"
import { lockLaws } from "../laws/lock.ts"
import { tokenStoreLaws } from "../laws/token-store.ts"

const keys = [derivedKey("one", crypto.getRandomValues(new Uint8Array(32)))] as const
const sealed = encryptedStorage(memoryStorage(), { keys })

tokenStoreLaws("the memory as one value", storageLayer(memoryStorage()))
lockLaws("the memory as one value", storageLayer(memoryStorage()))
tokenStoreLaws("the encrypted memory as one value", storageLayer(sealed))
lockLaws("the encrypted memory as one value", storageLayer(sealed))

describe("a token storage", () => {
  it("is built at once, for each client anew", async () => {
    const one = makeRunner(sealed.services)
    const other = makeRunner(sealed.services)
    await one.run(TokenStore.use((store) => store.put("key", "value")))
    assert.strictEqual((await one.run(TokenStore.use((store) => store.get("key"))))?.value, "value")
    assert.isUndefined(await other.run(TokenStore.use((store) => store.get("key"))))
    assert.strictEqual(await one.run(Lock.use((lock) => lock.withLock("name", Effect.succeed("done")))), "done")
    await Promise.all([one.close(), other.close()])
  })

  it.effect("seals what the storage under it keeps", () =>
    Effect.gen(function* () {
      const kept = new Map<string, string>()
      const spied = Layer.effect(
        TokenStore,
        Effect.map(TokenStore, (store): TokenStore["Service"] => ({
          ...store,
          put: (key, value, options) => {
            kept.set(key, value)
            return store.put(key, value, options)
          },
        })),
      )
      const layer = Layer.provideMerge(spied, storageLayer(memoryStorage()))
      const store = yield* Effect.provide(
        TokenStore,
        storageLayer(encryptedStorage({ services: Layer.build(layer) }, { keys })),
      )
      assert.isTrue(yield* store.put("key", "a secret"))
      assert.notInclude(kept.get("key"), "a secret")
      assert.strictEqual((yield* store.get("key"))?.value, "a secret")
    }),
  )

  it("says at once what is wrong with its keys", () => {
    const { services } = encryptedStorage(memoryStorage(), { keys: [derivedKey("one", "too short")] })
    assert.throws(() => makeRunner(services), BearerError, /keys\[0\] has a secret of 9 bytes/)
  })
})
