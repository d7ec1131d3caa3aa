import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { decodeEntry, encodeEntry } from "../../src/store/key-value-entry.ts"
import { keyValueStore, type KeyValueStorage } from "../../src/store/key-value.ts"
import { TokenStore } from "../../src/store/token-store.ts"
import { tokenStoreLaws } from "../laws/token-store.ts"
import { reasonOf } from "../support/reason.ts"
import { asyncStorage, mapStorage } from "../support/storage.ts"
import { pass, ticks } from "../support/ticks.ts"

const fresh = (make: () => KeyValueStorage) =>
  Layer.suspend(() => {
    const storage = make()
    return keyValueStore(() => storage)
  })

tokenStoreLaws("a synchronous storage", fresh(mapStorage))
tokenStoreLaws("a storage of promises", fresh(asyncStorage))

const failing = (error: unknown): KeyValueStorage => {
  const fail = () => {
    throw error
  }
  return { getItem: fail, setItem: fail, removeItem: fail }
}
const secret = "s3cret-refresh-token"

describe("a storage that fails", () => {
  const causes: ReadonlyArray<readonly [name: string, cause: unknown, detail: string | undefined]> = [
    ["is full", new DOMException(`no room for ${secret}`, "QuotaExceededError"), "QuotaExceededError"],
    ["has a system's code", Object.assign(new Error(secret), { code: "ENOSPC" }), "ENOSPC"],
    ["hides the cause", new Error(secret, { cause: new DOMException("no", "SecurityError") }), "SecurityError"],
    ["says nothing useful", new Error(secret), undefined],
    ["throws what is no error", secret, undefined],
  ]
  for (const [name, cause, detail] of causes) {
    for (const kind of ["throws", "rejects"]) {
      it.effect(`${name} and ${kind}: a store error, without what was to be kept`, () =>
        Effect.gen(function* () {
          const store = yield* TokenStore
          for (const [operation, work] of [
            ["get", store.get("key")],
            ["put", store.put("key", secret)],
            ["remove", store.remove("key")],
          ] as const) {
            const reason = yield* reasonOf<unknown, unknown, never>(work)
            const expected = { _tag: "StoreUnavailable", operation, ...(detail !== undefined && { detail }) }
            assert.deepStrictEqual(reason, expected)
          }
        }).pipe(
          Effect.provide(keyValueStore(() => (kind === "throws" ? failing(cause) : asyncStorage(failing(cause))))),
        ),
      )
    }
  }

  it.effect("is no storage at all: looked up per call, so that the layer is built and later calls may succeed", () => {
    let allowed = false
    const storage = mapStorage()
    const layer = keyValueStore(() => {
      if (!allowed) throw new DOMException("sandboxed", "SecurityError")
      return storage
    })
    return Effect.gen(function* () {
      const store = yield* TokenStore
      const reason = yield* reasonOf<unknown, unknown, never>(store.get("key"))
      assert.deepStrictEqual(reason, { _tag: "StoreUnavailable", operation: "get", detail: "SecurityError" })
      allowed = true
      assert.isTrue(yield* store.put("key", "value"))
      assert.strictEqual((yield* store.get("key"))?.value, "value")
    }).pipe(Effect.provide(layer))
  })

  it.effect("never answers: a store error after 5 seconds, and the next work on the same key goes on", () => {
    const inner = mapStorage()
    let stuck = true
    const setItem: KeyValueStorage["setItem"] = (key, value) =>
      stuck ? new Promise(() => {}) : Promise.resolve(inner.setItem(key, value))
    return Effect.gen(function* () {
      const store = yield* TokenStore
      const lone = yield* Effect.forkChild(reasonOf(store.put("another key", "lone")))
      const left = yield* Effect.forkChild(store.put("key", "left"))
      yield* ticks
      yield* Fiber.interrupt(left)
      stuck = false
      yield* TestClock.adjust("1 second")
      const patient = yield* Effect.forkChild(store.put("key", "patient"))
      yield* pass(4000)
      const reason = yield* Fiber.join(lone)
      assert.deepStrictEqual(reason, { _tag: "StoreUnavailable", operation: "put", detail: "TimeoutError" })
      assert.isTrue(yield* Fiber.join(patient))
      assert.strictEqual((yield* store.get("key"))?.value, "patient")
    }).pipe(Effect.provide(keyValueStore(() => ({ ...inner, setItem }))))
  })

  it.effect("does not hold up the next work on the same key", () => {
    const inner = mapStorage()
    const storage = asyncStorage({
      ...inner,
      setItem: (key, value) => {
        if (value.includes("too much")) throw new DOMException("full", "QuotaExceededError")
        inner.setItem(key, value)
      },
    })
    return Effect.gen(function* () {
      const store = yield* TokenStore
      const writes = ["too much", "one", "two"].map((value) => Effect.exit(store.put("key", value, { expected: null })))
      const exits = yield* Effect.all(writes, { concurrency: "unbounded" })
      assert.deepStrictEqual(exits.slice(1), [Exit.succeed(true), Exit.succeed(false)])
      assert.isTrue(Exit.isFailure(exits[0]!))
      assert.strictEqual((yield* store.get("key"))?.value, "one")
    }).pipe(Effect.provide(keyValueStore(() => storage)))
  })
})

describe("what stands in the storage", () => {
  it.effect("is under the prefix, and what others keep stays", () => {
    const storage = mapStorage({ key: "theirs" })
    return Effect.gen(function* () {
      const store = yield* TokenStore
      assert.isUndefined(yield* store.get("key"))
      yield* store.put("key", "ours")
      assert.deepStrictEqual([...storage.entries.keys()], ["key", "mine/key"])
      yield* store.remove("key")
      assert.deepStrictEqual([...storage.entries], [["key", "theirs"]])
    }).pipe(Effect.provide(keyValueStore(() => storage, { prefix: "mine/" })))
  })

  it.effect("counts as missing when it is not as written, and gives way to a new value", () => {
    const storage = mapStorage()
    return Effect.gen(function* () {
      const store = yield* TokenStore
      yield* store.put("key", "value")
      const good = storage.entries.get("bearerkit:key")!
      for (const bad of ["", "null", "[]", "text", good.slice(1), good.replace('"format":1', '"format":2')]) {
        storage.entries.set("bearerkit:key", bad)
        assert.isUndefined(yield* store.get("key"), bad)
        assert.isTrue(yield* store.put("key", "new", { expected: null }), bad)
        storage.entries.set("bearerkit:key", bad)
        assert.isTrue(yield* store.remove("key", { expected: "any" }), bad)
        assert.isUndefined(storage.entries.get("bearerkit:key"), bad)
      }
    }).pipe(Effect.provide(keyValueStore(() => storage)))
  })

  it.effect("is removed when its time is over and somebody asks", () => {
    const storage = mapStorage()
    return Effect.gen(function* () {
      const store = yield* TokenStore
      yield* store.put("key", "value", { ttl: Duration.zero })
      assert.isUndefined(yield* store.get("key"))
      assert.strictEqual(storage.entries.size, 0)
      yield* store.put("key", "value", { ttl: Duration.zero })
      assert.isTrue(yield* store.put("key", "another", { expected: null }))
    }).pipe(Effect.provide(keyValueStore(() => storage)))
  })

  it.effect("is never longer than what is read again", () => {
    const storage = mapStorage()
    return Effect.gen(function* () {
      const store = yield* TokenStore
      const reason = yield* reasonOf<unknown, unknown, never>(store.put("key", "x".repeat(1024 * 1024)))
      const detail = "the value is longer than 1048576 characters"
      assert.deepStrictEqual(reason, { _tag: "StoreUnavailable", operation: "put", detail })
      assert.strictEqual(storage.entries.size, 0)
    }).pipe(Effect.provide(keyValueStore(() => storage)))
  })
})

it.effect("two layers over one synchronous storage let one writer win", () => {
  const storage = mapStorage()
  const open = Effect.provide(
    TokenStore,
    keyValueStore(() => storage),
    { local: true },
  )
  return Effect.gen(function* () {
    const stores = [yield* open, yield* open]
    const wins = yield* Effect.all(
      Array.from({ length: 20 }, (_, n) => stores[n % 2]!.put("key", `writer ${n}`, { expected: null })),
      { concurrency: "unbounded" },
    )
    assert.strictEqual(wins.filter(Boolean).length, 1)
  })
})

describe("an entry as text", () => {
  const entries = fc.record({
    value: fc.string({ unit: "binary" }),
    version: fc.stringMatching(/^[\w-]{43}$/),
    endsAt: fc.option(fc.maxSafeInteger()),
  })

  it("comes back as it was", () => {
    fc.assert(
      fc.property(entries, (entry) => {
        assert.deepStrictEqual(decodeEntry(encodeEntry(entry)), entry)
      }),
    )
  })

  it("is nothing when a member is missing, of another type, or too many", () => {
    fc.assert(
      fc.property(
        entries,
        fc.constantFrom("format", "version", "endsAt", "value"),
        fc.oneof(fc.boolean(), fc.double(), fc.array(fc.nat())),
        (entry, member, wrong) => {
          fc.pre(!Number.isSafeInteger(wrong))
          const json = JSON.parse(encodeEntry(entry)) as Record<string, unknown>
          assert.isUndefined(decodeEntry(JSON.stringify({ ...json, more: 1 })))
          if (typeof wrong !== "number" || Number.isFinite(wrong)) {
            assert.isUndefined(decodeEntry(JSON.stringify({ ...json, [member]: wrong })))
          }
          delete json[member]
          assert.isUndefined(decodeEntry(JSON.stringify(json)))
        },
      ),
    )
  })
})

it.effect("writes of one key to a slow storage are one after the other, however many come while others end", () => {
  let under = 0
  let most = 0
  const map = mapStorage()
  const turns = async (count: number) => {
    for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve))
  }
  const slowly = async <A>(work: () => A): Promise<Awaited<A>> => {
    most = Math.max(most, (under += 1))
    await turns(3)
    under -= 1
    return await work()
  }
  const storage: KeyValueStorage = {
    getItem: (key) => slowly(() => map.getItem(key)),
    setItem: (key, value) => slowly(() => map.setItem(key, value)),
    removeItem: (key) => slowly(() => map.removeItem(key)),
  }
  return Effect.gen(function* () {
    const store = yield* TokenStore
    const fibers: Array<Fiber.Fiber<boolean, unknown>> = []
    for (let n = 0; n < 20; n++) {
      fibers.push(yield* Effect.forkChild(store.put("key", `${n}`), { startImmediately: true }))
      yield* Effect.promise(() => turns(2))
    }
    yield* Fiber.awaitAll(fibers)
    assert.strictEqual(most, 1)
    assert.strictEqual((yield* store.get("key"))?.value, "19")
  }).pipe(Effect.provide(keyValueStore(() => storage)))
})
