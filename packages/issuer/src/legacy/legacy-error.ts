import { LoginError } from "../connection/login-error.ts"
import { type Answer, errorAnswer } from "../http/answer.ts"
import { BodyError } from "../http/body.ts"
import { failureOf } from "../protection/login-failure.ts"

/** An error of the old endpoints, as it is answered. */
export class LegacyError extends Error {
  override readonly name = "LegacyError"
  readonly status: number
  readonly error: string

  constructor(status: number, error: string, description: string) {
    super(description)
    this.status = status
    this.error = error
  }
}

export const invalidRequest = (description: string): LegacyError => new LegacyError(400, "invalid_request", description)

/** The response to a failed request; rethrows other errors. */
export const toAnswer = (error: unknown): Answer => {
  if (error instanceof LegacyError) return errorAnswer(error.status, error.error, error.message)
  if (error instanceof BodyError) return errorAnswer(error.status, "invalid_request", error.message)
  if (!(error instanceof LoginError)) throw error
  const failure = failureOf(error.reason)
  return errorAnswer(failure.status, failure.error, failure.description)
}

/** The answer to a request that must be a POST, because its parameters must not be in an address. */
export const usePost = (secret: string): Answer => ({
  ...errorAnswer(405, "invalid_request", `use POST: ${secret} must not be in an address`),
  headers: { allow: "POST" },
})
