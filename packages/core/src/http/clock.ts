import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** A clock whose wall time comes from `now`; sleeps still take real time. */
export const clockLayer = (now: () => number): Layer.Layer<never> => Layer.effect(Clock.Clock, clockOf(now))

/** The service of `clockLayer`. */
export const clockOf = (now: () => number): Effect.Effect<Clock.Clock> =>
  Effect.map(Clock.Clock, (system) => withWallTime(system, now))

/** Epoch milliseconds that never run backwards: if the wall clock is set back, the monotonic clock counts. */
export const timeFrom = (clock: Clock.Clock): (() => number) => {
  const passed = (): number => Number(clock.monotonicTimeNanosUnsafe()) / 1e6
  let origin = clock.currentTimeMillisUnsafe() - passed()
  let looked = -Infinity
  let time = 0
  return () => {
    const wall = clock.currentTimeMillisUnsafe()
    const since = wall - looked
    if (since >= 0 && since < lookAgain) return time + since
    looked = wall
    const steady = passed()
    time = Math.max(wall, origin + steady)
    origin = time - steady
    return time
  }
}

/**
 * Milliseconds. The monotonic clock costs many times what the wall clock does, and this runs for every cached token.
 */
const lookAgain = 1000

/**
 * Starts a stopwatch of milliseconds. It follows whichever clock has advanced more: the monotonic one stands still
 * while the machine sleeps, the wall clock can be set back.
 */
export const stopwatch = (clock: Clock.Clock): (() => number) => {
  const wall = clock.currentTimeNanosUnsafe()
  const steady = clock.monotonicTimeNanosUnsafe()
  return () =>
    Math.max(Number(clock.currentTimeNanosUnsafe() - wall), Number(clock.monotonicTimeNanosUnsafe() - steady)) / 1e6
}

/** Replaces the wall time only; what is measured follows the machine's own clocks. */
export const withWallTime = (system: Clock.Clock, now: () => number): Clock.Clock =>
  Object.assign(Object.create(system), { currentTimeMillisUnsafe: now, currentTimeMillis: Effect.sync(now) })
