import { assert, describe, it } from "@effect/vitest"
import { type RedisServer, startRedis } from "@bearerkit/services"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import { lockHeld } from "@bearerkit/core"
import { createClient } from "redis"
import { afterAll, beforeAll } from "vitest"
import { reasonOf } from "../../core/test/support/reason.ts"
import { redis } from "../src/index.ts"
import { freshPrefix, skip } from "./support/server.ts"
import { opened } from "./support/service.ts"

describe.skipIf(skip)("the lock of two processes", () => {
  let server: RedisServer
  let admin: ReturnType<typeof connect>
  const connect = () => createClient({ url: server.url })
  beforeAll(async () => {
    server = await startRedis()
    admin = connect()
    await admin.connect()
  })
  afterAll(async () => {
    await admin.close()
    await server.close()
  })

  /** Two of a prefix, whose holders count as dead after 1.5 s. */
  const two = Effect.suspend(() => {
    const prefix = freshPrefix()
    const one = opened(redis({ url: server.url, prefix, timeout: 500, deadAfter: 1500 }))
    return Effect.all({ a: one, b: one, key: Effect.succeed(`${prefix}lock:name`) })
  })
  const law = (title: string, body: Effect.Effect<void, unknown, Scope.Scope>) =>
    it.live(title, () => Effect.scoped(body))

  law(
    "lets one of them in at a time, whoever asks",
    Effect.gen(function* () {
      const { a, b } = yield* two
      let running = 0
      let most = 0
      const work = Effect.gen(function* () {
        most = Math.max(most, (running += 1))
        yield* Effect.sleep("2 millis")
        running -= 1
      })
      const all = Array.from({ length: 20 }, (_, n) => (n % 2 ? a : b).withLock("name", work))
      yield* Effect.all(all, { concurrency: "unbounded" })
      assert.strictEqual(most, 1)
    }),
  )

  law(
    "stays with work that takes longer than a dead holder is waited for",
    Effect.gen(function* () {
      const { a, b } = yield* two
      const order: Array<string> = []
      const begun = yield* Deferred.make<void>()
      const long = Effect.gen(function* () {
        yield* Deferred.succeed(begun, undefined)
        yield* Effect.sleep("2 seconds")
        yield* yield* lockHeld
        order.push("a")
      })
      const fiber = yield* Effect.forkChild(a.withLock("name", long))
      yield* Deferred.await(begun)
      yield* b.withLock(
        "name",
        Effect.sync(() => order.push("b")),
      )
      yield* Fiber.join(fiber)
      assert.deepStrictEqual(order, ["a", "b"])
    }),
  )

  law(
    "stays with the part of the work that outlives the lease because nothing may interrupt it",
    Effect.gen(function* () {
      const { a, b } = yield* two
      const order: Array<string> = []
      const begun = yield* Deferred.make<void>()
      const stubborn = Effect.uninterruptible(
        Effect.gen(function* () {
          yield* Deferred.succeed(begun, undefined)
          yield* Effect.sleep("2 seconds")
          order.push("a")
        }),
      )
      const fiber = yield* Effect.forkChild(reasonOf(a.withLock("name", stubborn, { lease: "50 millis" })))
      yield* Deferred.await(begun)
      yield* b.withLock(
        "name",
        Effect.sync(() => order.push("b")),
      )
      assert.deepStrictEqual(order, ["a", "b"])
      assert.deepStrictEqual(yield* Fiber.join(fiber), {
        _tag: "LockTimeout",
        waitingFor: "the work under it",
        after: Duration.millis(50),
      })
    }),
  )

  law(
    "interrupts work whose lock is gone, and does not free the lock of the next",
    Effect.gen(function* () {
      const { a, key } = yield* two
      const steal = Effect.promise(() => admin.set(key, "somebody else"))
      const reason = yield* reasonOf(a.withLock("name", Effect.andThen(steal, Effect.never)))
      const after = Duration.millis(1500)
      assert.deepStrictEqual(reason, { _tag: "LockTimeout", waitingFor: "the work under it", after })
      assert.strictEqual(yield* Effect.promise(() => admin.get(key)), "somebody else")
    }),
  )

  law(
    "leaves nothing behind",
    Effect.gen(function* () {
      const { a, b, key } = yield* two
      const gone = Effect.map(
        Effect.promise(() => admin.exists(key)),
        (count) => count === 0,
      )
      yield* a.withLock("name", Effect.succeed("done"))
      assert.isTrue(yield* gone)
      yield* Effect.exit(a.withLock("name", Effect.fail("broken")))
      assert.isTrue(yield* gone)
      const gaveUp = b.withLock("name", Effect.void, { wait: "30 millis" })
      yield* a.withLock("name", Effect.exit(gaveUp))
      assert.isTrue(yield* gone)
    }),
  )

  law(
    "is let go of only when work is done, also when the client is closed meanwhile",
    Effect.gen(function* () {
      const prefix = freshPrefix()
      const scope = yield* Scope.make()
      const { withLock, put } = yield* Scope.provide(opened(redis({ url: server.url, prefix })), scope)
      const begun = yield* Deferred.make<void>()
      const work = Effect.andThen(Deferred.succeed(begun, undefined), Effect.delay(put("key", "value"), "200 millis"))
      const fiber = yield* Effect.forkDetach(withLock("name", work))
      yield* Deferred.await(begun)
      yield* Scope.close(scope, Exit.void)
      assert.isTrue(yield* Fiber.join(fiber))
    }),
  )

  law(
    "is unavailable within its time while Redis is away, and there again with it",
    Effect.gen(function* () {
      const other = yield* Effect.acquireRelease(
        Effect.promise(() => startRedis()),
        (other) => Effect.promise(other.close),
      )
      const { withLock } = yield* opened(redis({ url: other.url, timeout: 150 }))
      yield* Effect.promise(other.kill)
      const reason = yield* reasonOf(withLock("name", Effect.die("ran without a lock")))
      assert.deepStrictEqual(reason, { _tag: "StoreUnavailable", operation: "lock", detail: "ECONNREFUSED" })
      yield* Effect.promise(other.restart)
      const again = Effect.retry(withLock("name", Effect.succeed("done")), { times: 20 })
      assert.strictEqual(yield* again, "done")
    }),
  )
})
