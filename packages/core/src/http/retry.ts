import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Schedule from "effect/Schedule"
import type { Explained } from "../telemetry/telemetry.ts"

/**
 * The one retry policy: up to four more tries, exponential from 200 ms to 10 s with full jitter, never sooner than the
 * server's `Retry-After`, none when that is longer than a minute, and all within two minutes.
 *
 * Only for what may be sent twice; see a flow's `replay`.
 */
export const retryTransient = <A, E extends Explained, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.retry(effect, policy)

/** From 0 to 1, for jitter; never for anything that must not be guessed. */
export const randomFraction: Effect.Effect<number> = Random.next

const maxWait = Duration.minutes(1)

const worthwhile = ({ explanation }: Explained): boolean =>
  explanation.retryable &&
  (explanation.retryAfter === undefined || Duration.isLessThanOrEqualTo(explanation.retryAfter, maxWait))

const policy = /*#__PURE__*/ Schedule.min([
  /*#__PURE__*/ Schedule.exponential("200 millis"),
  /*#__PURE__*/ Schedule.spaced("10 seconds"),
]).pipe(
  /*#__PURE__*/ Schedule.setInputType<Explained>(),
  /*#__PURE__*/ Schedule.while(({ input }) => worthwhile(input)),
  /*#__PURE__*/ Schedule.modifyDelay(({ duration, input }) =>
    Effect.map(randomFraction, (jitter) =>
      Duration.max(Duration.times(duration, jitter), input.explanation.retryAfter ?? Duration.zero),
    ),
  ),
  /*#__PURE__*/ Schedule.upTo({ times: 4, duration: "2 minutes" }),
)
