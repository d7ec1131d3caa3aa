import {
  securityToken as checkedToken,
  type Secret,
  type SecurityToken,
  type SecurityTokenOptions,
  toBearerError,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"

/**
 * A token to trade: for `tokenExchange`, `entraOnBehalfOf` and `legacyDelegation`. Throws a `BearerError` for what
 * cannot be one.
 */
export const securityToken = (token: Secret, options?: SecurityTokenOptions): SecurityToken => {
  const checked = Effect.runSync(Effect.result(checkedToken(token, options)))
  if (Result.isSuccess(checked)) return checked.success
  throw toBearerError(checked.failure)
}
