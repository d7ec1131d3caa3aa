import * as Effect from "effect/Effect"
import type { CheckSignature } from "./signature-key.ts"

/** Imports a key; `undefined` if the platform cannot. Synchronous where possible, so that invalid options fail early. */
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
