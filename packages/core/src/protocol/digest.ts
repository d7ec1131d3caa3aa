import * as Effect from "effect/Effect"
import { sha256 } from "#signature"

/** SHA-256 in hex: names a secret where the secret itself must not stand. */
export const digestOf = (text: string): Effect.Effect<string> =>
  Effect.suspend(() => {
    const digest: string | Promise<string> = sha256(text)
    return typeof digest === "string" ? Effect.succeed(digest) : Effect.promise(() => digest)
  })
