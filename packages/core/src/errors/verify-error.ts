import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import { type DiscoveryReason, explainDiscovery } from "./discovery-error.ts"
import { type Explanation, permanent, sentence, transient, waiting } from "./explanation.ts"
import { explainOptions, type InvalidOptions } from "./http-error.ts"

/** The text is not a JWT in strict compact serialisation (RFC 7515 §7.1), or its JSON is not acceptable. */
export interface MalformedToken {
  readonly _tag: "MalformedToken"
  /** Completes "The token …". */
  readonly problem: string
}

/** The token's algorithm is not on the configured list. */
export interface AlgorithmNotAllowed {
  readonly _tag: "AlgorithmNotAllowed"
  /** Made printable. */
  readonly algorithm: string
  readonly allowed: ReadonlyArray<string>
}

/** The token's `typ` is not one that this verifier accepts. */
export interface TypeNotAllowed {
  readonly _tag: "TypeNotAllowed"
  /** Made printable. */
  readonly type: string
}

/** No key of the issuer fits the token, or several do. */
export interface KeyNotFound {
  readonly _tag: "KeyNotFound"
  /** Made printable. */
  readonly keyId: string | undefined
}

/** The issuer's keys cannot be had now; this says nothing about the token. */
export interface KeysUnavailable {
  readonly _tag: "KeysUnavailable"
  readonly because: DiscoveryReason
}

export interface SignatureMismatch {
  readonly _tag: "SignatureMismatch"
}

/** A claim is missing, of the wrong type, or not what was expected. */
export interface ClaimMismatch {
  readonly _tag: "ClaimMismatch"
  readonly claim: string
  readonly expected: string
  /** What the token has, made printable; absent when the claim is. */
  readonly actual?: string
}

/** The token ended, or does not hold yet, by this machine's clock. */
export interface OutsideValidity {
  readonly _tag: "OutsideValidity"
  readonly claim: "exp" | "nbf" | "iat"
  /** How long ago it ended, or how long until it begins. */
  readonly seconds: number
}

/** The token is right in everything, but no longer in force. */
export interface TokenInactive {
  readonly _tag: "TokenInactive"
  readonly accordingTo: "the issuer" | "this API"
}

/** The token belongs to the holder of a key or certificate, and it was not that one who sent it. */
export interface SenderMismatch {
  readonly _tag: "SenderMismatch"
  /** Completes "The token …". */
  readonly problem: string
}

/** A check that needs somebody else cannot be made now; this says nothing about the token. */
export interface CheckUnavailable {
  readonly _tag: "CheckUnavailable"
  readonly check: "introspection" | "issuers" | "replay" | "revocation"
  /** A whole sentence, made printable. */
  readonly because: string
  /** How long the one who was asked asks to wait. */
  readonly retryAfter?: Duration.Duration
}

/** The DPoP proof is missing, malformed, not for this request, or was used before (RFC 9449 §4.3). */
export interface ProofRefused {
  readonly _tag: "ProofRefused"
  /** Completes "The DPoP proof …". */
  readonly problem: string
}

/** The DPoP proof has no nonce that this API gave lately (RFC 9449 §9). */
export interface NonceDemanded {
  readonly _tag: "NonceDemanded"
  /** The one to use, where the one who checks gives it. */
  readonly nonce?: string
}

export type VerifyReason =
  | AlgorithmNotAllowed
  | CheckUnavailable
  | ClaimMismatch
  | InvalidOptions
  | KeyNotFound
  | KeysUnavailable
  | MalformedToken
  | NonceDemanded
  | OutsideValidity
  | ProofRefused
  | SenderMismatch
  | SignatureMismatch
  | TokenInactive
  | TypeNotAllowed

export type VerifyCode =
  | "algorithm_not_allowed"
  | "check_unavailable"
  | "claim_mismatch"
  | "invalid_dpop_proof"
  | "invalid_options"
  | "invalid_signature"
  | "key_not_found"
  | "keys_unavailable"
  | "malformed_token"
  | "sender_mismatch"
  | "token_expired"
  | "token_inactive"
  | "token_not_yet_valid"
  | "type_not_allowed"
  | "use_dpop_nonce"

/** A token was not accepted. `reason` tells why, as data; nothing of the token but the named field is in it. */
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
    case "MalformedToken":
      return permanent(
        "malformed_token",
        `The token ${reason.problem}.`,
        "Ask for a token with this API's audience, or give the API introspection for opaque ones.",
      )
    case "AlgorithmNotAllowed":
      return permanent(
        "algorithm_not_allowed",
        `The token is signed with ${reason.algorithm}; allowed: ${reason.allowed.join(", ")}.`,
        "Have the token issued for this API, or add the algorithm to the verifier's list.",
      )
    case "TypeNotAllowed":
      return permanent(
        "type_not_allowed",
        `The token is of type ${reason.type}, which is not accepted here.`,
        "Send the access token.",
      )
    case "KeyNotFound":
      return permanent(
        "key_not_found",
        `Not exactly one key of the issuer fits the token${reason.keyId === undefined ? "" : ` (kid ${reason.keyId})`}.`,
        "Get a new token; if it stays, check that issuer and API mean the same server.",
      )
    case "KeysUnavailable":
      return keysUnavailable(reason)
    case "SignatureMismatch":
      return permanent(
        "invalid_signature",
        "The token's signature does not match.",
        "Get a token from the issuer of this API, or compare the secret or keys.",
      )
    case "ClaimMismatch":
      return permanent(
        "claim_mismatch",
        `The claim ${reason.claim} ${reason.actual === undefined ? "is missing" : `is ${reason.actual}`}; expected ${reason.expected}.`,
        "Ask the issuer for a token meant for this API.",
      )
    case "OutsideValidity":
      return outsideValidity(reason)
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
        "The DPoP proof has no nonce that this API gave lately.",
        "Send the request again, with the nonce of this answer in a new proof.",
      )
    case "InvalidOptions":
      return explainOptions(reason)
  }
}

const keysUnavailable = (reason: KeysUnavailable): Explanation<VerifyCode> => {
  const { what, fix, retryAfter } = explainDiscovery(reason.because)
  return waiting(retryAfter, transient("keys_unavailable", `The issuer's keys cannot be had: ${what}`, fix))
}

const outsideValidity = ({ claim, seconds }: OutsideValidity): Explanation<VerifyCode> =>
  claim === "exp"
    ? permanent("token_expired", `The token expired ${seconds} s ago.`, `Get a new token. ${checkClock}`)
    : permanent(
        "token_not_yet_valid",
        `The token is valid only in ${seconds} s by this machine's clock (${claim}).`,
        checkClock,
      )

const checkClock = "If the token was just issued, compare this machine's clock with the issuer's."
