import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { StoreError } from "../../src/errors/store-error.ts"
import { learnedClock, ServerTime } from "../../src/http/learned-clock.ts"
import { type Lease, underLease } from "../../src/store/leased-lock.ts"
import { lockHeld } from "../../src/http/lock-held.ts"
import { reasonOf } from "../support/reason.ts"

const seconds = (n: number): number => n * 1000
const deadAfter = seconds(10)
const lost = { _tag: "LockTimeout", waitingFor: "the work under it", after: Duration.millis(deadAfter) } as const
const lease: Lease = { take: Effect.succeed(true), extend: Effect.never, release: Effect.void, deadAfter }

/** Work that asks at its end whether the lease is held, under a lease that nobody extends. */
const asking = (meanwhile: Effect.Effect<unknown>) =>
  underLease(lease, {
    work: Effect.andThen(meanwhile, Effect.flatten(lockHeld)),
    wait: Duration.seconds(30),
    limit: Duration.seconds(20),
  })

/** The test clock, and how far each of the two clocks is beside it. */
const clocks = Effect.map(Clock.Clock, (system) => {
  let wall = 0
  let steady = 0
  const nanos = (millis: number): bigint => BigInt(millis) * 1_000_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => system.currentTimeMillisUnsafe() + wall,
    currentTimeMillis: Effect.sync(() => clock.currentTimeMillisUnsafe()),
    currentTimeNanosUnsafe: () => system.currentTimeNanosUnsafe() + nanos(wall),
    currentTimeNanos: Effect.sync(() => clock.currentTimeNanosUnsafe()),
    monotonicTimeNanosUnsafe: () => system.monotonicTimeNanosUnsafe() + nanos(steady),
    monotonicTimeNanos: Effect.sync(() => clock.monotonicTimeNanosUnsafe()),
    sleep: (duration) => system.sleep(duration),
  }
  return {
    layer: Layer.succeed(Clock.Clock, clock),
    pass: (by: { readonly wall: number; readonly steady: number }) =>
      Effect.sync(() => {
        wall += by.wall
        steady += by.steady
      }),
  }
})

describe("a lease", () => {
  for (const [name, by] of [
    ["slept: the steady clock stood still", { wall: seconds(9), steady: 0 }],
    ["was stopped, and its wall clock set back", { wall: -seconds(60), steady: seconds(9) }],
    ["was stopped", { wall: seconds(9), steady: seconds(9) }],
  ] as const) {
    it.effect(`is not held by a machine that ${name}`, () =>
      Effect.gen(function* () {
        const { layer, pass } = yield* clocks
        assert.deepStrictEqual(yield* Effect.provide(reasonOf(asking(pass(by))), layer), lost)
      }),
    )
  }

  it.effect("is held for nine tenths of its time, by both clocks", () =>
    Effect.gen(function* () {
      const { layer, pass } = yield* clocks
      yield* Effect.provide(asking(pass({ wall: seconds(8.9), steady: seconds(8.9) })), layer)
    }),
  )

  it.effect("is held although the program learns meanwhile what time it is at the issuer", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const hour = seconds(3600)
      const learn = Effect.gen(function* () {
        const before = yield* Clock.currentTimeMillis
        const heard = (yield* ServerTime)()
        heard(before + hour)
        assert.closeTo((yield* Clock.currentTimeMillis) - before, hour, 1000)
      })
      yield* Effect.provide(asking(learn), learnedClock)
    }),
  )
})

describe("the lease of long work", () => {
  const gone = new StoreError({ reason: { _tag: "StoreUnavailable", operation: "put" } })

  /** Almost a minute of work under a lease that is extended like this, and how often that was asked for. */
  const working = (extend: (times: number) => Effect.Effect<boolean, StoreError>) =>
    Effect.gen(function* () {
      let times = 0
      const asked = Effect.suspend(() => extend((times += 1)))
      const long = { work: Effect.sleep("59 seconds"), wait: Duration.seconds(1), limit: Duration.minutes(2) }
      const fiber = yield* Effect.forkChild(Effect.result(underLease({ ...lease, extend: asked }, long)))
      const startedAt = yield* Clock.currentTimeMillis
      // so that the end can be told to a tenth of a second
      while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("100 millis")
      const result = yield* Fiber.join(fiber)
      const reason = result._tag === "Failure" ? result.failure.reason : "done"
      return { reason, times, after: (yield* Clock.currentTimeMillis) - startedAt }
    })

  it.effect("is extended three times in its life, until the work is done", () =>
    Effect.gen(function* () {
      const { reason, times } = yield* working(() => Effect.succeed(true))
      assert.deepStrictEqual([reason, times], ["done", 17])
    }),
  )

  it.effect("ends the work at once where it is somebody else's", () =>
    Effect.gen(function* () {
      const { reason, times, after } = yield* working((times) => Effect.succeed(times < 3))
      assert.deepStrictEqual([reason, times], [lost, 3])
      assert.isAtMost(after, seconds(10) + 200)
    }),
  )

  it.effect("survives a store that is away for less than nine tenths of it", () =>
    Effect.gen(function* () {
      const { reason } = yield* working((times) => (times % 2 === 1 ? gone : Effect.succeed(true)))
      assert.strictEqual(reason, "done")
      const { reason: why, times, after } = yield* working(() => gone)
      assert.deepStrictEqual([why, times], [lost, 2])
      assert.isAtMost(after, seconds(10) + 200)
    }),
  )
})
