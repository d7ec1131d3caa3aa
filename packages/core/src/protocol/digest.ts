import * as Effect from "effect/Effect"
import { sha256 } from "#signature"

/** SHA-256 in hex: identifies a secret where the secret itself must not appear. */
export const digestOf = (text: string): Effect.Effect<string> => digest(text, "hex")

/** BASE64URL(SHA-256(text)), by which several specifications identify a token or a secret. */
export const urlDigestOf = (text: string): Effect.Effect<string> => digest(text, "base64url")

const digest = (text: string, encoding: "base64url" | "hex"): Effect.Effect<string> =>
  Effect.suspend(() => {
    const digest: string | Promise<string> = sha256(text, encoding)
    return typeof digest === "string" ? Effect.succeed(digest) : Effect.promise(() => digest)
  })
