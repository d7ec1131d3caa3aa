import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import { Lock } from "../store/lock.ts"
import { expect, type Law, type LawBroken } from "./law.ts"

/** What every lock promises, over the real time. */
export const lockLaws = (): ReadonlyArray<LockLaw> => [
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
      const many = Array.from({ length: 20 }, () => lock.withLock("name", work))
      yield* Effect.all(many, { concurrency: "unbounded" })
      yield* expect("the number of works at the same time", most, 1)
    }),
  ),

  law("lets other names run meanwhile", (lock) =>
    Effect.gen(function* () {
      const inner = lock.withLock("other", Effect.succeed("done"))
      yield* expect("the result", yield* lock.withLock("name", inner), "done")
    }),
  ),

  law("gives the result, and frees the name after a failure", (lock) =>
    Effect.gen(function* () {
      const failed = yield* Effect.result(lock.withLock("name", Effect.fail("broken")))
      yield* expect("the failure of the work", failed, Result.fail("broken"))
      yield* isFree(lock)
    }),
  ),

  law("frees the name when the work is interrupted", (lock) =>
    Effect.gen(function* () {
      const { begun, fiber } = yield* held(lock, Effect.never)
      yield* Deferred.await(begun)
      yield* Fiber.interrupt(fiber)
      yield* isFree(lock)
    }),
  ),

  law("keeps the name for its holder when one who waits gives up", (lock) =>
    Effect.gen(function* () {
      const finish = yield* Deferred.make<void>()
      const { begun, fiber } = yield* held(lock, Deferred.await(finish))
      yield* Deferred.await(begun)
      const times = { wait: "20 millis", lease: "10 millis" } as const
      const waited = lock.withLock("name", Effect.succeed("ran beside the holder"), times)
      yield* timesOut(waited, "the lock")
      yield* Deferred.succeed(finish, undefined)
      yield* Fiber.join(fiber)
      yield* isFree(lock)
    }),
  ),

  law("ends work that takes longer than its lease", (lock) =>
    Effect.gen(function* () {
      yield* timesOut(lock.withLock("name", Effect.never, { lease: "20 millis" }), "the work under it")
      yield* isFree(lock)
    }),
  ),
]

type LockLaw = Law<Lock, LawBroken | StoreError>
type Service = Lock["Service"]

const law = (name: string, body: (lock: Service) => Effect.Effect<void, LawBroken | StoreError>): LockLaw => ({
  name,
  check: Effect.flatMap(Lock, body),
})

/** Somebody who holds the name, once `begun` is done. */
const held = (lock: Service, work: Effect.Effect<void>) =>
  Effect.gen(function* () {
    const begun = yield* Deferred.make<void>()
    const announced = Effect.andThen(Deferred.succeed(begun, undefined), work)
    return { begun, fiber: yield* Effect.forkChild(lock.withLock("name", announced)) }
  })

const isFree = (lock: Service) =>
  Effect.flatMap(lock.withLock("name", Effect.succeed("free")), (result) => expect("the name", result, "free"))

const timesOut = (locked: Effect.Effect<unknown, StoreError>, waitingFor: string) =>
  Effect.flatMap(Effect.result(Effect.mapError(locked, ({ reason }) => reason)), (result) =>
    expect("the outcome", result, Result.fail({ _tag: "LockTimeout", waitingFor, after: Duration.millis(20) })),
  )
