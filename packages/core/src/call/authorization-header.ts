import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { CallError } from "../errors/call-error.ts"
import type { Token } from "../model/token-set.ts"

/**
 * The value of the `Authorization` header; a secret. A token that is no access token (`N_A`) has none.
 *
 * @see RFC 6750 §2.1, RFC 9449 §7.1, RFC 8693 §2.2.1
 */
export const authorizationHeader = ({ type, value }: Token): Result.Result<string, CallError> =>
  type === "N_A"
    ? Result.fail(new CallError({ reason: { _tag: "TokenTypeMismatch", tokenType: type } }))
    : Result.succeed(`${type} ${Redacted.value(value)}`)
