import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { SenderMismatch, VerifyError, VerifyReason } from "../errors/verify-error.ts"
import type { MaybePromise } from "../model/maybe-promise.ts"
import type { Principal } from "../model/principal.ts"
import type { IncomingRequest } from "../protocol/same-origin.ts"
import { confirmationOf } from "./confirmation.ts"
import type { Credentials } from "./credentials.ts"

/** A request with a token that is right in everything else. */
export interface Presented {
  readonly principal: Principal
  readonly credentials: Credentials
  readonly request: IncomingRequest
}

/** Lets the principal pass if the token may come from whoever sent the request; asked for each request anew. */
export type CheckSender = (presented: Presented) => MaybePromise<Result.Result<Principal, VerifyReason>>

/** How senders prove that a token is theirs. */
export interface SenderCheck {
  /** What proofs may be signed with. */
  readonly algorithms: ReadonlyArray<string>
  /** Whether tokens that are bound to no key are refused. */
  readonly required: boolean
  readonly check: CheckSender
}

/** What `dpop` and `dpopBinding` give; an authorizer opens it for itself. */
export interface SenderBinding {
  readonly open: Effect.Effect<SenderCheck, VerifyError>
}

/**
 * Lets in bearer tokens alone: one that is bound to anything, whether that is known here or not, is refused without its
 * proof.
 *
 * @see RFC 7800 §3.1, RFC 8705 §3.1, RFC 9449 §7
 */
export const bearerOnly = ({ principal }: Pick<Presented, "principal">): Result.Result<Principal, VerifyReason> => {
  const { claims } = principal
  // Most tokens are not bound, so they cost a look.
  if (!Object.hasOwn(claims, "cnf")) return Result.succeed(principal)
  const confirmation = confirmationOf(principal)
  if (Result.isFailure(confirmation)) return Result.fail(confirmation.failure)
  return Object.keys(claims["cnf"] as object).length > 0
    ? mismatch("is bound to a key (DPoP) or a certificate and came without its proof")
    : Result.succeed(principal)
}

/** A token that did not come as it must. */
export const mismatch = (problem: string): Result.Result<never, SenderMismatch> =>
  Result.fail({ _tag: "SenderMismatch", problem })
