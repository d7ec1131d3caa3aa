import {
  encryptedStorage,
  encryptionKey,
  storageLayer,
  storedSessions,
  type TokenCache,
  TokenStore,
} from "@bearerkit/core"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { reasonOf } from "../../core/test/support/reason.ts"
import { kvStorage } from "../src/kv-storage.ts"
import { startWorkerd, type Workerd } from "./support/workerd.ts"

let workerd: Workerd
beforeAll(async () => void (workerd = await startWorkerd()))
afterAll(() => workerd.harness.close())

const storeOf = (cache: TokenCache) => Effect.provide(Effect.service(TokenStore), storageLayer(cache))
const fresh = () => kvStorage(workerd.env.KV, { prefix: `${crypto.randomUUID()}:` })

describe("Workers KV", () => {
  it.effect("keeps what can be had again, as long as it is told, and no longer", () =>
    Effect.gen(function* () {
      const store = yield* storeOf(fresh())
      assert.isUndefined(yield* store.get("key"))
      assert.isTrue(yield* store.put("key", "💥 value", { ttl: Duration.seconds(90) }))
      assert.isTrue(yield* store.put("for good", "value"))
      const kept = yield* store.get("key")
      assert.strictEqual(kept?.value, "💥 value")
      yield* store.put("key", "💥 value", { ttl: Duration.seconds(90) })
      assert.notStrictEqual((yield* store.get("key"))?.version, kept?.version)
      yield* TestClock.adjust("91 seconds")
      assert.isUndefined(yield* store.get("key"))
      assert.isTrue(yield* store.remove("for good"))
      assert.isUndefined(yield* store.get("for good"))
    }),
  )

  it.effect("takes no login: nothing can be compared there", () =>
    Effect.gen(function* () {
      const store = yield* storeOf(fresh())
      const detail = "Workers KV cannot compare versions: keep logins in durableObjectStorage()"
      for (const expected of ["1", null]) {
        const reason = { _tag: "StoreUnavailable", operation: "put", detail } as const
        assert.deepStrictEqual(yield* reasonOf(store.put("key", "value", { expected })), reason)
      }
      const reason = { _tag: "StoreUnavailable", operation: "remove", detail } as const
      assert.deepStrictEqual(yield* reasonOf(store.remove("key", { expected: "1" })), reason)
      assert.isUndefined(yield* store.get("key"))
      // @ts-expect-error: it has no lock
      storedSessions({ storage: fresh() })
    }),
  )

  it.effect("shows neither keys nor, when it is encrypted, values", () =>
    Effect.gen(function* () {
      const written: Array<string> = []
      const kv = {
        ...workerd.env.KV,
        get: () => Promise.resolve(null),
        put: (...args: ReadonlyArray<unknown>) => Promise.resolve(void written.push(JSON.stringify(args))),
      }
      const key = encryptionKey("one", crypto.getRandomValues(new Uint8Array(32)))
      const store = yield* storeOf(encryptedStorage(kvStorage(kv), { keys: [key] }))
      yield* store.put("token of alice", "a secret value")
      assert.notMatch(String(written), /alice|a secret/)
      assert.match(String(written), /^\["bearerkit:token:[\w-]{43}"/)
    }),
  )

  it.effect("counts as missing what it has not written, and says when it is away", () =>
    Effect.gen(function* () {
      for (const text of ["", "{", "[]", "{}", '{"value":1,"version":"1"}']) {
        const kv = { ...workerd.env.KV, get: () => Promise.resolve(text) }
        assert.isUndefined(yield* (yield* storeOf(kvStorage(kv))).get("key"), text)
      }
      const away = { ...workerd.env.KV, get: () => Promise.reject(new Error("secret")) }
      const reason = yield* reasonOf((yield* storeOf(kvStorage(away))).get("key"))
      assert.deepStrictEqual(reason, {
        _tag: "StoreUnavailable",
        operation: "get",
        detail: "Workers KV gave no answer",
      })
    }),
  )
})
