import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
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
