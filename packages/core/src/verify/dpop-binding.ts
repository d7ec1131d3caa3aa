import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import type { CheckUnavailable, VerifyError, VerifyReason } from "../errors/verify-error.ts"
import type { DpopNonceMaker, OpenNonceMaker } from "./dpop-nonce.ts"
import type { DpopVerifierOptions } from "./dpop-options.ts"
import { makeDpopVerifier } from "./dpop-proof.ts"
import { invalidOptions } from "./key-source.ts"
import { bearerOnly, mismatch, type Presented, type SenderBinding, type SenderCheck } from "./sender.ts"

/** What an API demands of tokens with proofs. */
export interface DpopPolicy extends Omit<DpopVerifierOptions, "acceptsNonce"> {
  /** Whether unbound tokens are refused. @default false */
  readonly required?: boolean | undefined
  /** `dpopNonces(…)`, so that proofs cannot be made ahead of time. @default no nonces */
  readonly nonces?: DpopNonceMaker | undefined
}

/**
 * Lets an authorizer accept tokens that are bound to a key, with a proof of possession for each request. Under the
 * scheme `Bearer` a bound token is still refused.
 *
 * @example makeAuthorizer({ issuer, audience, dpop: dpopBinding({ publicUrl, replays: yield* TokenStore }) })
 *
 * @see RFC 9449 §7
 */
export const dpopBinding = (policy: DpopPolicy): SenderBinding => ({ open: open(policy) })

const open = Effect.fnUntraced(function* (policy: DpopPolicy) {
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
  const required = policy.required === true
  return {
    algorithms,
    required,
    check: (presented) => {
      if (presented.credentials.scheme === "DPoP") return proven(presented)
      return required ? proofRequired : bearerOnly(presented)
    },
  } satisfies SenderCheck
})

const proofRequired = /*#__PURE__*/ mismatch("came without the proof of a key (DPoP) that this API demands")

const reasonOf = (error: StoreError | VerifyError): VerifyReason =>
  error._tag === "VerifyError" ? error.reason : unavailable(error)

const withNonce = (reason: VerifyReason, nonces: OpenNonceMaker | undefined): Effect.Effect<VerifyReason> =>
  reason._tag === "NonceDemanded" && nonces !== undefined
    ? Effect.map(nonces.current, (nonce) => ({ ...reason, nonce }))
    : Effect.succeed(reason)

const unavailable = ({ explanation }: StoreError): CheckUnavailable => ({
  _tag: "CheckUnavailable",
  check: "replay",
  because: `The store of used proofs failed: ${explanation.what}`,
})
