import * as Result from "effect/Result"

/** Why a value from outside is invalid: the field and the problem, never the value. */
export interface Invalid {
  readonly field: string
  readonly problem: string
}

export const invalid = (field: string, problem: string): Result.Result<never, Invalid> =>
  Result.fail({ field, problem })
