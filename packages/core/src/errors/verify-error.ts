import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import { type DiscoveryReason, explainDiscovery } from "./discovery-error.ts"
import { type Explanation, permanent, sentence, transient, waiting } from "./explanation.ts"
import { explainToken, type TokenCode, type TokenReason } from "./token-refusal.ts"

/** The issuer's keys cannot be fetched now; this says nothing about the token. */
export interface KeysUnavailable {
  readonly _tag: "KeysUnavailable"
  readonly because: DiscoveryReason
}

/** The token is valid but no longer active. */
export interface TokenInactive {
  readonly _tag: "TokenInactive"
  readonly accordingTo: "the issuer" | "this API"
}

/** The token is bound to a key or certificate, and the sender has not proved possession of it. */
export interface SenderMismatch {
  readonly _tag: "SenderMismatch"
  /** Completes "The token …". */
  readonly problem: string
}

/** A check that depends on another system cannot be made now; this says nothing about the token. */
export interface CheckUnavailable {
  readonly _tag: "CheckUnavailable"
  readonly check: "introspection" | "issuers" | "replay" | "revocation"
  /** A complete sentence, made printable. */
  readonly because: string
  /** How long that system asks to wait. */
  readonly retryAfter?: Duration.Duration
}

/** The DPoP proof is missing, malformed, made for another request, or was used before (RFC 9449 §4.3). */
export interface ProofRefused {
  readonly _tag: "ProofRefused"
  /** Completes "The DPoP proof …". */
  readonly problem: string
}

/** The DPoP proof has no recent nonce of this API (RFC 9449 §9). */
export interface NonceDemanded {
  readonly _tag: "NonceDemanded"
  /** The nonce to use, if the API issues nonces itself. */
  readonly nonce?: string
}

/** Why a token was not accepted. */
export type VerifyReason =
  | CheckUnavailable
  | KeysUnavailable
  | NonceDemanded
  | ProofRefused
  | SenderMismatch
  | TokenInactive
  | TokenReason

export type VerifyCode =
  | TokenCode
  | "check_unavailable"
  | "invalid_dpop_proof"
  | "keys_unavailable"
  | "sender_mismatch"
  | "token_inactive"
  | "use_dpop_nonce"

/** A token was not accepted; `reason` says why and contains nothing of the token except the named field. */
export class VerifyError extends /*#__PURE__*/ Data.TaggedError("VerifyError")<{ readonly reason: VerifyReason }> {
  get explanation(): Explanation<VerifyCode> {
    return explainVerify(this.reason)
  }
  override get message(): string {
    return sentence(this.explanation)
  }
}

export const explainVerify = (reason: VerifyReason): Explanation<VerifyCode> => {
  switch (reason._tag) {
    case "KeysUnavailable":
      return keysUnavailable(reason)
    case "TokenInactive":
      return permanent(
        "token_inactive",
        `The token is not active, according to ${reason.accordingTo}.`,
        "Get a new token.",
      )
    case "SenderMismatch":
      return permanent("sender_mismatch", `The token ${reason.problem}.`, "Send the proof that belongs to it.")
    case "CheckUnavailable":
      return waiting(
        reason.retryAfter,
        transient(
          "check_unavailable",
          `The check of ${reason.check} could not be made: ${reason.because}`,
          "Try again later.",
        ),
      )
    case "ProofRefused":
      return permanent(
        "invalid_dpop_proof",
        `The DPoP proof ${reason.problem}.`,
        "Send a new proof for each request, made for its method, public URL and token.",
      )
    case "NonceDemanded":
      return permanent(
        "use_dpop_nonce",
        "The DPoP proof has no recent nonce of this API.",
        "Send the request again, with the nonce of this answer in a new proof.",
      )
    default:
      return explainToken(reason)
  }
}

const keysUnavailable = (reason: KeysUnavailable): Explanation<VerifyCode> => {
  const { what, fix, retryAfter } = explainDiscovery(reason.because)
  return waiting(retryAfter, transient("keys_unavailable", `Cannot get the issuer's keys: ${what}`, fix))
}
