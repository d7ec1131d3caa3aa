import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import type { CheckUnavailable, SenderMismatch, VerifyError, VerifyReason } from "../errors/verify-error.ts"
import type { Claims } from "../model/claims.ts"
import { isJsonObject } from "../model/json.ts"
import type { Later } from "../model/later.ts"
import type { Principal } from "../model/principal.ts"
import type { Incoming } from "../protocol/same-origin.ts"
import { confirmationOf } from "./confirmation.ts"
import type { Credentials } from "./credentials.ts"
import type { DpopNonceMaker, OpenNonceMaker } from "./dpop-nonce.ts"
import type { DpopVerifierOptions } from "./dpop-options.ts"
import { makeDpopVerifier } from "./dpop-proof.ts"
import { invalidOptions } from "./key-source.ts"

export interface DpopPolicy extends Omit<DpopVerifierOptions, "acceptsNonce"> {
  /** Whether tokens that are bound to no key are refused. @default false */
  readonly required?: boolean | undefined
  /** `dpopNonces(…)`, for proofs that must not be made ahead of time. @default none are demanded */
  readonly nonces?: DpopNonceMaker | undefined
}

/** A request with a token that is right in everything else. */
export interface Presented {
  readonly principal: Principal
  readonly credentials: Credentials
  readonly request: Incoming
}

/** Lets the principal pass if the token may come from whoever sent the request; asked for each request anew. */
export interface SenderCheck {
  /** What proofs may be signed with; none where they cannot be checked. */
  readonly algorithms: ReadonlyArray<string>
  readonly check: (presented: Presented) => Later<Result.Result<Principal, VerifyReason>>
}

/**
 * Without a policy tokens are bearer tokens, and those that are bound to a key are refused.
 *
 * @see RFC 7800 §3.1, RFC 8705 §3.1, RFC 9449 §7
 */
export const makeSenderCheck: (policy: DpopPolicy | undefined) => Effect.Effect<SenderCheck, VerifyError> =
  Effect.fnUntraced(function* (policy) {
    if (policy === undefined) return { algorithms: [], check: bearerOnly }
    const opened = policy.nonces?.open()
    if (opened !== undefined && Result.isFailure(opened)) return yield* invalidOptions(opened.failure)
    const nonces = opened?.success
    const { algorithms, check } = yield* makeDpopVerifier({ ...policy, acceptsNonce: nonces?.accepts })
    const run = Effect.runPromiseWith(yield* Effect.context<never>())
    const proven = ({ principal, credentials, request }: Presented) => {
      const { method, url, headers } = request
      const accessToken = Redacted.make(credentials.token)
      return run(
        Effect.matchEffect(check({ proof: headers.get("dpop"), method, url, accessToken, principal }), {
          onFailure: (error) => Effect.map(withNonce(reasonOf(error), nonces), Result.fail),
          onSuccess: () => Effect.succeed(Result.succeed(principal)),
        }),
      )
    }
    return {
      algorithms,
      check: (presented) => {
        if (presented.credentials.scheme === "DPoP") return proven(presented)
        return policy.required === true ? proofRequired : bearerOnly(presented)
      },
    } satisfies SenderCheck
  })

const bearerOnly: SenderCheck["check"] = ({ principal }) => {
  const { claims } = principal
  // Most tokens are not bound, so they cost a look.
  if (!Object.hasOwn(claims, "cnf")) return Result.succeed(principal)
  const confirmation = confirmationOf(principal)
  if (Result.isFailure(confirmation)) return Result.fail(confirmation.failure)
  if (confirmation.success.jkt !== undefined) return mismatch("is bound to a key (DPoP) and came without its proof")
  return isBoundToCertificate(claims)
    ? mismatch("is bound to a client certificate, which nobody checks here")
    : Result.succeed(principal)
}

const isBoundToCertificate = ({ cnf }: Claims): boolean => isJsonObject(cnf) && Object.hasOwn(cnf, "x5t#S256")

const mismatch = (problem: string) => Result.fail<SenderMismatch>({ _tag: "SenderMismatch", problem })

const proofRequired = /*#__PURE__*/ mismatch("came without the proof of a key (DPoP) that this API demands")

const reasonOf = (error: StoreError | VerifyError): VerifyReason =>
  error._tag === "VerifyError" ? error.reason : unavailable

const withNonce = (reason: VerifyReason, nonces: OpenNonceMaker | undefined): Effect.Effect<VerifyReason> =>
  reason._tag === "NonceDemanded" && nonces !== undefined
    ? Effect.map(nonces.current, (nonce) => ({ ...reason, nonce }))
    : Effect.succeed(reason)

const unavailable: CheckUnavailable = {
  _tag: "CheckUnavailable",
  check: "replay",
  because: "The store of used proofs failed.",
}
