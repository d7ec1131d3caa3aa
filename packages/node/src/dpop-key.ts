import { type DpopKey, type DpopKeyOptions, generateDpopKey as generate, toBearerError } from "@bearerkit/core"
import * as Effect from "effect/Effect"

/** A new key for tokens to be bound to, whose private half nobody can read (RFC 9449); it lasts as long as the value. */
export const generateDpopKey = (options?: DpopKeyOptions): Promise<DpopKey> =>
  Effect.runPromise(Effect.mapError(generate(options), toBearerError))
