import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { withWallTime } from "./clock.ts"

/** Begins to measure an answer; what it gives takes the server's time in epoch milliseconds, once the answer is there. */
export type MeasureClock = () => (serverTime: number) => void

/** Where answers say what time it is at the issuer; nobody listens unless `learnedClock` does. */
export const ServerTime: Context.Reference<MeasureClock> = /*#__PURE__*/ Context.Reference(
  "@bearerkit/core/ServerTime",
  {
    defaultValue: (): MeasureClock => () => () => {},
  },
)

/**
 * The issuer's time: the clock of this machine, set right when an answer contradicts it by more than 5 seconds. A wrong
 * device clock then neither refuses a login nor makes tokens look expired. It is off by a day at most: beyond that an
 * answer is not believed.
 */
export const learnedClock: Layer.Layer<never> = /*#__PURE__*/ Layer.effectContext(
  /*#__PURE__*/ Effect.suspend(() => learningClock),
)

/** What `learnedClock` has. */
export const learningClock: Effect.Effect<Context.Context<never>> = /*#__PURE__*/ Effect.map(Clock.Clock, (system) => {
  let offset = 0
  const local = (): number => system.currentTimeMillisUnsafe()
  const measure: MeasureClock = () => {
    const sent = local()
    return (serverTime) => {
      // a time in whole seconds, told at some moment between sending and receiving
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

/** Milliseconds by which clocks may differ without anybody minding. */
const tolerance = 5_000

/** Milliseconds by which a clock can be wrong and TLS still work. */
const believed = 86_400_000
