import { invalidOptions, storageLayer, TokenStore } from "@bearerkit/core"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { vi } from "vitest"
import { reasonOf } from "../../core/test/support/reason.ts"
import { durableObjectStorage } from "../src/durable-object-storage.ts"
import { startWorkerd, type Workerd } from "./support/workerd.ts"

let workerd: Workerd
beforeAll(async () => void (workerd = await startWorkerd()))
afterAll(() => workerd.harness.close())

const kept = { value: "v", version: "1", ttl: 60_000 }

describe("a Durable Object of tokens", () => {
  it("goes on after an eviction with what it had, the lock included", async () => {
    const { ask } = workerd
    assert.strictEqual(await ask("evicted", "write", kept, null), true)
    assert.strictEqual(await ask("evicted", "take", "one", 60_000), true)
    await workerd.evict("evicted")
    assert.deepStrictEqual(await ask("evicted", "read"), { value: "v", version: "1" })
    assert.strictEqual(await ask("evicted", "take", "another", 60_000), false)
    assert.strictEqual(await ask("evicted", "extend", "one", 60_000), true)
    assert.strictEqual(await ask("evicted", "write", { ...kept, version: "2" }, null), false)
    assert.strictEqual(await ask("evicted", "write", { ...kept, version: "2" }, "1"), true)
  })

  it("knows a write that is sent again", async () => {
    const { ask } = workerd
    assert.strictEqual(await ask("again", "write", kept, null), true)
    assert.strictEqual(await ask("again", "write", kept, null), true)
    assert.strictEqual(await ask("again", "write", { ...kept, version: "2" }, null), false)
  })

  it("has a lock that ends with its time, and is not extended after that", async () => {
    const { ask } = workerd
    assert.strictEqual(await ask("lease", "extend", "one", 1000), false)
    assert.strictEqual(await ask("lease", "take", "one", 0), true)
    assert.strictEqual(await ask("lease", "extend", "one", 1000), false)
    assert.strictEqual(await ask("lease", "take", "another", 60_000), true)
    await ask("lease", "release", "one")
    assert.strictEqual(await ask("lease", "take", "one", 60_000), false)
    await ask("lease", "release", "another")
    assert.strictEqual(await ask("lease", "take", "one", 60_000), true)
  })

  it("leaves nothing behind when all of it has ended", async () => {
    const { ask } = workerd
    await ask("ended", "write", { ...kept, ttl: 100 }, null)
    await ask("removed", "write", kept, null)
    await ask("removed", "remove", "1")
    await ask("released", "take", "one", 60_000)
    await ask("released", "release", "one")
    for (const name of ["ended", "removed", "released"]) {
      await vi.waitFor(async () => assert.strictEqual(await ask(name, "size"), 0, name), 20_000)
    }
    await ask("both", "write", { ...kept, ttl: 100 }, null)
    await ask("both", "take", "one", 60_000)
    await vi.waitFor(async () => assert.strictEqual(await ask("both", "read"), undefined), 20_000)
    assert.strictEqual(await ask("both", "take", "another", 60_000), false)
  })

  it.effect("that does not answer is unavailable, within its time and without its name", () =>
    Effect.gen(function* () {
      const silent = { idFromName: (name: string) => name as never, get: () => ({ read: () => new Promise(() => {}) }) }
      const { get } = yield* Effect.provide(TokenStore, storageLayer(durableObjectStorage(silent, { timeout: 5 })))
      const reason = yield* Effect.promise(() => Effect.runPromise(reasonOf(get("session:secret"))))
      assert.deepStrictEqual(reason, { _tag: "StoreUnavailable", operation: "get", detail: "no answer in time" })
    }),
  )

  it.effect("is asked again where the platform says that this helps, and not otherwise", () =>
    Effect.gen(function* () {
      const failing = (flags: object, times: number) => {
        let calls = 0
        const read = () => {
          calls += 1
          return calls > times
            ? Promise.resolve({ value: "v", version: "1" })
            : Promise.reject(Object.assign(new Error("secret"), flags))
        }
        const objects = { idFromName: (name: string) => name as never, get: () => ({ read }) }
        return { layer: storageLayer(durableObjectStorage(objects)), calls: () => calls }
      }
      const passing = failing({ retryable: true }, 2)
      const { get } = yield* Effect.provide(TokenStore, passing.layer)
      assert.strictEqual((yield* get("key"))?.value, "v")
      for (const [flags, detail] of [
        [{}, "the object gave no answer"],
        [{ retryable: true, overloaded: true }, "overloaded"],
      ] as const) {
        const broken = failing(flags, 9)
        const store = yield* Effect.provide(TokenStore, broken.layer)
        assert.deepStrictEqual(yield* reasonOf(store.get("key")), {
          _tag: "StoreUnavailable",
          operation: "get",
          detail,
        })
        assert.strictEqual(broken.calls(), 1)
      }
    }),
  )

  it.effect("refuses times that cannot be kept", () =>
    Effect.gen(function* () {
      const objects = workerd.env.SESSIONS
      for (const [options, error] of [
        [{ timeout: 0 }, invalidOptions("timeout", "must be above 0")],
        [{ deadAfter: 9999 }, invalidOptions("deadAfter", "must be at least twice the timeout")],
      ] as const) {
        const made = Effect.provide(Effect.service(TokenStore), storageLayer(durableObjectStorage(objects, options)))
        assert.deepStrictEqual(yield* reasonOf(made), yield* reasonOf(error))
      }
    }),
  )
})
