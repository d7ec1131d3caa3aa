import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"

/** A secret as text, or wrapped so that nothing prints it. */
export type Secret = string | Redacted.Redacted<string>

/** Wraps a secret so that nothing prints it. */
export const wrapped = (secret: Secret): Redacted.Redacted<string> =>
  Redacted.isRedacted(secret) ? secret : Redacted.make(secret)

/** The text of a secret; if it is missing or empty, the error names its option. */
export const secretText = (option: string, secret: Redacted.Redacted<string>): Effect.Effect<string, AcquireError> =>
  filledText(option, Redacted.value(secret))

/** The same for text that is not secret: `undefined` would be sent as a word. */
export const filledText = (option: string, text: string): Effect.Effect<string, AcquireError> => {
  const missing = missingText(option, text)
  return missing === undefined ? Effect.succeed(text) : Effect.fail(missing)
}

/** Why a secret cannot be used, if it cannot. */
export const missingSecret = (option: string, secret: Redacted.Redacted<unknown>): AcquireError | undefined =>
  missingText(option, Redacted.value(secret))

const missingText = (option: string, text: unknown): AcquireError | undefined =>
  typeof text === "string" && text !== ""
    ? undefined
    : invalidOptions(option, "is missing or empty", "Check that the variable or file it comes from is set.")
