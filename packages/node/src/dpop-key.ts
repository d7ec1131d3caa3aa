import { type DpopKey, type DpopKeyOptions, generateDpopKey as generate, toBearerError } from "@bearerkit/core"
import * as Effect from "effect/Effect"

/**
 * Generates a key to bind tokens to (RFC 9449), whose private half is not extractable; it lives as long as the value.
 */
export const generateDpopKey = (options?: DpopKeyOptions): Promise<DpopKey> =>
  Effect.runPromise(Effect.mapError(generate(options), toBearerError))
