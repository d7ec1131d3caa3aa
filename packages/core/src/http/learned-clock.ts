import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { withWallTime } from "./clock.ts"

/**
 * Called when a request is sent; returns a function to call with the server's time (epoch milliseconds) of the answer.
 */
export type MeasureClock = () => (serverTime: number) => void

/** Receives the issuer's time from its answers; ignored unless `learnedClock` is provided. */
export const ServerTime: Context.Reference<MeasureClock> = /*#__PURE__*/ Context.Reference(
  "@bearerkit/core/ServerTime",
  {
    defaultValue: (): MeasureClock => () => () => {},
  },
)

/**
 * A clock that follows the issuer's: it is corrected when an answer contradicts it by more than 5 seconds, so that a
 * wrong device clock neither breaks a login nor makes tokens look expired. Answers that differ by more than a day are
 * not believed.
 */
export const learnedClock: Layer.Layer<never> = /*#__PURE__*/ Layer.effectContext(
  /*#__PURE__*/ Effect.suspend(() => learningClock),
)

/** The services of `learnedClock`. */
export const learningClock: Effect.Effect<Context.Context<never>> = /*#__PURE__*/ Effect.map(Clock.Clock, (system) => {
  let offset = 0
  const local = (): number => system.currentTimeMillisUnsafe()
  const measure: MeasureClock = () => {
    const sent = local()
    return (serverTime) => {
      // a time in whole seconds, taken between sending and receiving
      const least = serverTime - local()
      const most = serverTime + 1000 - sent
      const contradicts = least - tolerance > offset || most + tolerance < offset
      const learned = (least + most) / 2
      if (contradicts && Math.abs(learned) <= believed) offset = learned
    }
  }
  return Context.make(
    Clock.Clock,
    withWallTime(system, () => Math.round(local() + offset)),
  ).pipe(Context.add(ServerTime, measure))
})

/** Milliseconds by which clocks may differ without a correction. */
const tolerance = 5_000

/** Milliseconds by which a clock can be wrong while TLS still works. */
const believed = 86_400_000
