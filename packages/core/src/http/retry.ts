import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { Explained } from "../telemetry/telemetry.ts"
import { retryAfterOf } from "./retry-after.ts"

/**
 * The one retry policy: up to four more attempts, exponential backoff from 200 ms with full jitter, never sooner than
 * the server's `Retry-After`, none if that is longer than a minute, and all within two minutes.
 *
 * Only for requests that may be sent twice; see a flow's `replay`.
 */
export const retryTransient = <A, E extends Explained, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Clock.clockWith((clock) => {
    const start = clock.currentTimeMillisUnsafe()
    const attempt = (tries: number): Effect.Effect<A, E, R> =>
      Effect.catch(effect, (error) =>
        Effect.gen(function* () {
          if (tries === maxTries || !worthwhile(error)) return yield* Effect.fail(error)
          const pause = Math.max(firstPause * 2 ** tries * randomFraction(), retryAfterOf(error))
          const elapsed = clock.currentTimeMillisUnsafe() - start
          if (elapsed + pause > longest) return yield* Effect.fail(error)
          yield* Effect.sleep(pause)
          return yield* attempt(tries + 1)
        }),
      )
    return attempt(0)
  })

/** From 0 to 1, for jitter; never for anything that must be unpredictable. */
export const randomFraction = (): number => Math.random()

const maxTries = 4
const firstPause = 200
const minute = 60_000
const longest = 2 * minute

const worthwhile = (error: Explained): boolean => error.explanation.retryable && retryAfterOf(error) <= minute
