import * as Effect from "effect/Effect"
import type { CheckSignature } from "./signature-key.ts"

/**
 * A key made ready, unless it is one that the platform cannot import: at once where the platform can, so that options are
 * wrong when they are given and not later.
 */
export const importKey = (
  make: () => CheckSignature | Promise<CheckSignature>,
): Effect.Effect<CheckSignature | undefined> =>
  Effect.suspend(() => {
    const check = attempt(make)
    return check instanceof Promise ? Effect.promise(() => check.catch(nothing)) : Effect.succeed(check)
  })

const attempt = <A>(make: () => A): A | undefined => {
  try {
    return make()
  } catch {
    return undefined
  }
}

const nothing = (): undefined => undefined
