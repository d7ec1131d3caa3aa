import { assert, describe, it } from "@effect/vitest"
import { BearerError, makeRunner, TokenStore } from "@bearerkit/core"
import { type RedisServer, startRedis } from "@bearerkit/services"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import { inspect } from "node:util"
import { createCluster, createSentinel } from "redis"
import { reasonOf } from "../../core/test/support/reason.ts"
import { redis, redisOver } from "../src/index.ts"
import { skip } from "./support/server.ts"
import { opened } from "./support/service.ts"

const server = Effect.acquireRelease(
  Effect.promise(() => startRedis({ persistence: true })),
  (server: RedisServer) => Effect.promise(server.close),
)

describe.skipIf(skip)("while Redis is away", () => {
  it.live("nothing is lost by a kill, and who asks meanwhile gets an answer", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { url, kill, restart } = yield* server
        const { get, put } = yield* opened(redis({ url, timeout: 10_000, deadAfter: 20_000 }))
        yield* put("key", "one")
        const one = yield* get("key")
        yield* Effect.promise(kill)
        const write = yield* Effect.forkChild(put("key", "two", { expected: one?.version }))
        yield* Effect.promise(restart)
        assert.isTrue(yield* Fiber.join(write))
        assert.strictEqual((yield* get("key"))?.value, "two")
      }),
    ),
  )

  it.live("every answer comes in time, also when the connection is open and silent", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { url, pause, resume, kill } = yield* server
        const { get, put, withLock } = yield* opened(redis({ url, timeout: 200 }))
        yield* put("key", "value")
        yield* Effect.promise(pause)
        const silent = { _tag: "StoreUnavailable", detail: "TimeoutError" } as const
        assert.deepStrictEqual(yield* reasonOf(get("key")), { ...silent, operation: "get" })
        const second = yield* reasonOf(put("key", "another", { expected: null }))
        assert.strictEqual(second._tag, "StoreUnavailable")
        yield* Effect.promise(resume)
        const value = Effect.map(Effect.retry(get("key"), { times: 20 }), (stored) => stored?.value)
        assert.strictEqual(yield* value, "value")
        yield* Effect.promise(kill)
        const gone = { _tag: "StoreUnavailable", detail: "ECONNREFUSED" } as const
        yield* Effect.exit(get("key"))
        assert.deepStrictEqual(yield* reasonOf(get("key")), { ...gone, operation: "get" })
        assert.deepStrictEqual(yield* reasonOf(withLock("name", Effect.void)), { ...gone, operation: "lock" })
      }),
    ),
  )

  it.live("a password that is wrong is named as such, and nowhere told", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const { port } = yield* server
        const url = `redis://:hunter2-and-more@127.0.0.1:${port}`
        for (const secret of [url, Redacted.make(url)]) {
          const storage = redis({ url: secret, timeout: 300 })
          const { get } = yield* opened(storage)
          const error = yield* Effect.flip(get("key"))
          assert.deepStrictEqual(error.reason, { _tag: "StoreUnavailable", operation: "get", detail: "WRONGPASS" })
          assert.notInclude(inspect([error, storage], { depth: 9 }) + JSON.stringify([error, storage]), "hunter2")
        }
      }),
    ),
  )
})

describe("options that cannot work are refused at once", () => {
  const refused: ReadonlyArray<readonly [options: Parameters<typeof redis>[0], says: RegExp]> = [
    [{ url: "http://:hunter2@127.0.0.1" }, /url is not the address of a Redis/],
    [{ url: "redis://:hunter2@[" }, /url is not the address of a Redis/],
    [{ url: "" }, /url is not the address of a Redis/],
    [{ timeout: 0 }, /timeout must be above 0/],
    [{ timeout: Number.NaN }, /timeout must be above 0/],
    [{ timeout: 1000, deadAfter: 1999 }, /deadAfter must be at least twice the timeout/],
    [{ deadAfter: Number.NaN }, /deadAfter must be at least twice the timeout/],
  ]
  for (const [options, says] of refused) {
    it(String(says), () => {
      assert.throws(() => makeRunner(redis(options).services), BearerError, says)
      assert.throws(() => makeRunner(redis(options).services), /^(?!.*hunter2)/s)
    })
  }

  it("and nothing is opened before the first use", async () => {
    const { take, close } = makeRunner(redis({ url: "redis://127.0.0.1:1" }).services)
    assert.isFunction(take(Effect.service(TokenStore)).get)
    await close()
  })

  it("a cluster and a sentinel can be handed in as well", () => {
    const cluster = createCluster({ rootNodes: [{ url: "redis://127.0.0.1:1" }] })
    const sentinel = createSentinel({ name: "main", sentinelRootNodes: [{ host: "127.0.0.1", port: 1 }] })
    for (const client of [cluster, sentinel]) assert.isDefined(redisOver(client).services)
  })
})
