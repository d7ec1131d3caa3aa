import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Provides the services captured when something was made. Costs nothing if the current ones are the same. */
export const provideCaptured = <A, E, R>(
  context: Context.Context<R>,
  effect: Effect.Effect<A, E, R>,
): Effect.Effect<A, E> =>
  Effect.updateContext(effect, (current: Context.Context<never>) =>
    current === context ? context : Context.merge(current, context),
  )
