import * as Effect from "effect/Effect"
import type { CheckSignature } from "./signature-key.ts"

/** A key made ready: at once where the platform can, so that options are wrong when they are given and not later. */
export const importKey = (make: () => CheckSignature | Promise<CheckSignature>) =>
  Effect.flatMap(Effect.try({ try: make, catch: (cause) => cause }), (check): Effect.Effect<CheckSignature, unknown> =>
    check instanceof Promise ? Effect.tryPromise({ try: () => check, catch: (cause) => cause }) : Effect.succeed(check),
  )
