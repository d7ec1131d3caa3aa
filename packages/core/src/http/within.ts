import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"

/** Runs work with a time limit, or `late` in its place. Smaller in a bundle than `Effect.timeoutOrElse`. */
export const within = <A, E, R, A2, E2, R2>(
  duration: Duration.Input,
  work: Effect.Effect<A, E, R>,
  late: () => Effect.Effect<A2, E2, R2>,
): Effect.Effect<A | A2, E | E2, R | R2> => Effect.raceFirst(work, Effect.flatMap(Effect.sleep(duration), late))
