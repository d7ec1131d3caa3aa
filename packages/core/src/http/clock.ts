import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The clock of a program whose wall time comes from elsewhere; what waits still waits for real. */
export const clockLayer = (now: () => number): Layer.Layer<never> => Layer.effect(Clock.Clock, clockOf(now))

/** What `clockLayer` has. */
export const clockOf = (now: () => number): Effect.Effect<Clock.Clock> =>
  Effect.map(Clock.Clock, (system) => withWallTime(system, now))

/** Epoch milliseconds as they go on from here: what has really passed counts where the clock is set back, at any time. */
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

/** Milliseconds; what has passed costs many times what the clock does, and this is asked for every token at hand. */
const lookAgain = 1000

/**
 * Begins to measure, and gives the milliseconds since by the one of the machine's clocks that says more: one stands
 * still while the machine sleeps, the other can be set back.
 */
export const stopwatch = (clock: Clock.Clock): (() => number) => {
  const wall = clock.currentTimeNanosUnsafe()
  const steady = clock.monotonicTimeNanosUnsafe()
  return () =>
    Math.max(Number(clock.currentTimeNanosUnsafe() - wall), Number(clock.monotonicTimeNanosUnsafe() - steady)) / 1e6
}

/** All but the time of day stays the machine's: no answer of an issuer shortens or stretches what is measured. */
export const withWallTime = (system: Clock.Clock, now: () => number): Clock.Clock =>
  Object.assign(Object.create(system), { currentTimeMillisUnsafe: now, currentTimeMillis: Effect.sync(now) })
