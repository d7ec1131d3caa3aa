import { toBearerError, VerifyError } from "@bearerkit/core"
import * as Result from "effect/Result"

/** Unwraps a value; throws a `BearerError` that names the invalid option. */
export const valid = <A>(made: Result.Result<A, { readonly field: string; readonly problem: string }>): A => {
  if (Result.isSuccess(made)) return made.success
  throw toBearerError(new VerifyError({ reason: { _tag: "InvalidOptions", ...made.failure } }))
}
