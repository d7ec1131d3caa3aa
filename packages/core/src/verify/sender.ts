import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { SenderMismatch, VerifyError, VerifyReason } from "../errors/verify-error.ts"
import type { MaybePromise } from "../model/maybe-promise.ts"
import type { Principal } from "../model/principal.ts"
import type { IncomingRequest } from "../protocol/same-origin.ts"
import { confirmationOf } from "./confirmation.ts"
import type { Credentials } from "./credentials.ts"

/** A request with an otherwise valid token. */
export interface Presented {
  readonly principal: Principal
  readonly credentials: Credentials
  readonly request: IncomingRequest
}

/** Accepts the principal if the sender may use the token; called for each request. */
export type CheckSender = (presented: Presented) => MaybePromise<Result.Result<Principal, VerifyReason>>

/** How senders prove possession of a token. */
export interface SenderCheck {
  /** The accepted algorithms of proofs. */
  readonly algorithms: ReadonlyArray<string>
  /** Whether unbound tokens are refused. */
  readonly required: boolean
  readonly check: CheckSender
}

/** Made by `dpop` or `dpopBinding`; each authorizer opens its own. */
export interface SenderBinding {
  readonly open: Effect.Effect<SenderCheck, VerifyError>
}

/**
 * Accepts bearer tokens only: a token that is bound to anything, known or not, is refused.
 *
 * @see RFC 7800 §3.1, RFC 8705 §3.1, RFC 9449 §7
 */
export const bearerOnly = ({ principal }: Pick<Presented, "principal">): Result.Result<Principal, VerifyReason> => {
  const { claims } = principal
  // Most tokens are not bound, so this comes first.
  if (!Object.hasOwn(claims, "cnf")) return Result.succeed(principal)
  const confirmation = confirmationOf(principal)
  if (Result.isFailure(confirmation)) return Result.fail(confirmation.failure)
  return Object.keys(claims["cnf"] as object).length > 0
    ? mismatch("is bound to a key (DPoP) or a certificate and came without its proof")
    : Result.succeed(principal)
}

/** The token was not presented as it must be. */
export const mismatch = (problem: string): Result.Result<never, SenderMismatch> =>
  Result.fail({ _tag: "SenderMismatch", problem })
