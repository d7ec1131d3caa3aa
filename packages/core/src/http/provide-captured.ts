import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Provides what was there when something was made. Most often the same is there when it runs, which then costs nothing. */
export const provideCaptured = <A, E, R>(
  context: Context.Context<R>,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E> =>
  Effect.updateContext(effect, (current: Context.Context<never>) =>
    current === context ? context : Context.merge(current, context),
  )
