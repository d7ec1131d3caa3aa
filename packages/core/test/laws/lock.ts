import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Layer from "effect/Layer"
import { Lock } from "../../src/store/lock.ts"
import { reasonOf } from "../support/reason.ts"

type Service = Lock["Service"]

/** What every lock promises. `layer` is built anew for each law; time is the real one. */
export const lockLaws = <E>(name: string, layer: Layer.Layer<Lock, E>) => {
  const law = (title: string, body: (lock: Service) => Effect.Effect<void, unknown>) =>
    it.live(title, () => Effect.provide(Effect.flatMap(Lock, body), layer))

  describe(`${name} keeps the laws of a lock`, () => {
    law("lets one piece of work at a time run under a name", (lock) =>
      Effect.gen(function* () {
        let running = 0
        let most = 0
        const work = Effect.gen(function* () {
          running += 1
          most = Math.max(most, running)
          yield* Effect.yieldNow
          running -= 1
        })
        yield* Effect.all(
          Array.from({ length: 20 }, () => lock.withLock("name", work)),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(most, 1)
      }),
    )

    law("lets other names run meanwhile", (lock) =>
      Effect.gen(function* () {
        const inner = lock.withLock("other", Effect.succeed("done"))
        assert.strictEqual(yield* lock.withLock("name", inner), "done")
      }),
    )

    law("gives the result, and frees the name after a failure", (lock) =>
      Effect.gen(function* () {
        assert.strictEqual(yield* Effect.flip(lock.withLock("name", Effect.fail("broken"))), "broken")
        assert.strictEqual(yield* lock.withLock("name", Effect.succeed(42)), 42)
      }),
    )

    law("frees the name when the work is interrupted", (lock) =>
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>()
        const work = Effect.andThen(Deferred.succeed(begun, undefined), Effect.never)
        const fiber = yield* Effect.forkChild(lock.withLock("name", work))
        yield* Deferred.await(begun)
        yield* Fiber.interrupt(fiber)
        assert.strictEqual(yield* lock.withLock("name", Effect.succeed("free")), "free")
      }),
    )

    law("keeps the name for its holder when one who waits gives up", (lock) =>
      Effect.gen(function* () {
        const begun = yield* Deferred.make<void>()
        const finish = yield* Deferred.make<void>()
        const work = Effect.andThen(Deferred.succeed(begun, undefined), Deferred.await(finish))
        const holder = yield* Effect.forkChild(lock.withLock("name", work))
        yield* Deferred.await(begun)
        const reason = yield* reasonOf(
          lock.withLock("name", Effect.die("ran beside the holder"), { wait: "20 millis", lease: "10 millis" }),
        )
        assert.deepStrictEqual(reason, { _tag: "LockTimeout", waitingFor: "the lock", after: Duration.millis(20) })
        yield* Deferred.succeed(finish, undefined)
        yield* Fiber.join(holder)
        assert.strictEqual(yield* lock.withLock("name", Effect.succeed("free")), "free")
      }),
    )

    law("ends work that takes longer than its lease", (lock) =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(lock.withLock("name", Effect.never, { lease: "20 millis" }))
        assert.deepStrictEqual(reason, {
          _tag: "LockTimeout",
          waitingFor: "the work under it",
          after: Duration.millis(20),
        })
        assert.strictEqual(yield* lock.withLock("name", Effect.succeed("free")), "free")
      }),
    )
  })
}
