import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"

/** Lets promises settle that the test clock knows nothing of: WebCrypto's, which come from a pool of threads. */
export const ticks: Effect.Effect<void> = Effect.promise(async () => {
  do {
    await Promise.allSettled(underWay)
    await turn()
    await turn()
  } while (underWay.size > 0)
})

/** Lets time pass in steps, so that work which waits on both clock and promises gets on. */
export const pass = Effect.fnUntraced(function* (millis: number, steps = 10) {
  for (let n = 0; n < steps; n++) {
    yield* ticks
    yield* TestClock.adjust(millis / steps)
  }
  yield* ticks
})

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What WebCrypto is at. It has to be counted: a busy machine finishes a later job long before an earlier one. */
const underWay = new Set<Promise<unknown>>()

const counted =
  (method: (...args: ReadonlyArray<never>) => Promise<unknown>) =>
  (...args: ReadonlyArray<never>): Promise<unknown> => {
    const work = method.apply(crypto.subtle, [...args])
    underWay.add(work)
    const end = (): void => void underWay.delete(work)
    work.then(end, end)
    return work
  }

for (const name of ["encrypt", "decrypt", "sign", "verify", "digest", "importKey", "deriveBits", "deriveKey"] as const)
  Object.assign(crypto.subtle, { [name]: counted(crypto.subtle[name]) })
