import * as Result from "effect/Result"

/** What is wrong with a value from outside: the field that is wrong and why, never the value of a secret. */
export interface Invalid {
  readonly field: string
  readonly problem: string
}

export const invalid = (field: string, problem: string): Result.Result<never, Invalid> =>
  Result.fail({ field, problem })
