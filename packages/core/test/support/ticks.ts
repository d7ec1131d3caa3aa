import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

/** Lets promises settle that the test clock knows nothing of: WebCrypto's, which come from a pool of threads. */
export const ticks: Effect.Effect<void> = Effect.promise(async () => {
  for (let n = 0; n < 2; n++) {
    await Promise.all(Array.from({ length: 4 }, () => crypto.subtle.digest("SHA-256", new Uint8Array(1))))
    await new Promise((resolve) => setImmediate(resolve))
  }
})

/** Lets time pass in steps, so that work which waits on both clock and promises gets on. */
export const pass = Effect.fnUntraced(function* (millis: number, steps = 10) {
  for (let n = 0; n < steps; n++) {
    yield* ticks
    yield* TestClock.adjust(millis / steps)
  }
  yield* ticks
})
