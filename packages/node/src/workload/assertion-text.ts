import { AcquireError } from "@bearerkit/core"
import * as Effect from "effect/Effect"

/** A platform's assertion, if it is a JWT in compact serialisation; an error shows nothing of it. */
export const assertionText = (value: unknown, source: string): Effect.Effect<string, AcquireError> => {
  if (typeof value === "string" && value.length <= maxLength && jwt.test(value)) return Effect.succeed(value)
  const problem = `is missing: ${source} holds no JWT`
  return Effect.fail(new AcquireError({ reason: { _tag: "SupplyFailed", problem } }))
}

const maxLength = 65_536
const jwt = /^[\w-]+\.[\w-]+\.[\w-]+$/
