import type { Runner } from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Rings once, by the clock; setting it again or turning it off cancels what was set before. */
export interface Alarm {
  /** @param time epoch milliseconds */
  readonly setAt: (time: number) => void
  /** @param delay milliseconds */
  readonly setAfter: (delay: number) => void
  readonly turnOff: () => void
}

export const makeAlarm = ({ run }: Runner<never>, ring: () => void): Alarm => {
  let current = new AbortController()
  const turnOff = (): void => {
    current.abort()
    current = new AbortController()
  }
  const set = (wait: Effect.Effect<void>): void => {
    turnOff()
    run(wait, { signal: current.signal }).then(ring, () => {})
  }
  return { setAt: (time) => set(sleepUntil(time)), setAfter: (delay) => set(Effect.sleep(delay)), turnOff }
}

/** In steps, because a timer stands still while the machine sleeps. */
const sleepUntil = Effect.fnUntraced(function* (at: number) {
  do {
    const left = at - (yield* Clock.currentTimeMillis)
    yield* Effect.sleep(Math.max(shortest, Math.min(left, step)))
  } while ((yield* Clock.currentTimeMillis) < at)
})

const step = 60_000
/** A time that is over already is no reason to ring again and again. */
const shortest = 5_000
