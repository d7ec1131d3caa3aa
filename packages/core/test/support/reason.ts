import * as Effect from "effect/Effect"

/** The reason an effect fails for; a success fails the test. */
export const reasonOf = <A, Reason, R>(
  effect: Effect.Effect<A, { readonly reason: Reason }, R>,
): Effect.Effect<Reason, A, R> => Effect.map(Effect.flip(effect), (error) => error.reason)
