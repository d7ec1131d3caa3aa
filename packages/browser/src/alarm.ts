import type { Runner } from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Rings once, when the clock says so; setting it again, or turning it off, forgets what was set before. */
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
  for (;;) {
    const left = at - (yield* Clock.currentTimeMillis)
    if (left <= 0) return
    yield* Effect.sleep(Math.min(left, step))
  }
})

const step = 60_000
