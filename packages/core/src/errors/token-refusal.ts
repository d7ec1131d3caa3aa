import { printable } from "../model/printable.ts"
import { type Explanation, permanent } from "./explanation.ts"
import { explainOptions, type InvalidOptions } from "./http-error.ts"

/** The text is not a JWT in strict compact serialisation (RFC 7515 §7.1), or its JSON is not accepted. */
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

/** The token's `typ` is not accepted. */
export interface TypeNotAllowed {
  readonly _tag: "TypeNotAllowed"
  /** Made printable. */
  readonly type: string
}

/** No key of the issuer matches the token, or more than one does. */
export interface KeyNotFound {
  readonly _tag: "KeyNotFound"
  /** Made printable. */
  readonly keyId: string | undefined
}

export interface SignatureMismatch {
  readonly _tag: "SignatureMismatch"
}

/** A claim is missing, has the wrong type, or has an unexpected value. */
export interface ClaimMismatch {
  readonly _tag: "ClaimMismatch"
  readonly claim: string
  readonly expected: string
  /** The value in the token, made printable; absent if the claim is. */
  readonly actual?: string
}

/** The token has expired or is not valid yet, by this machine's clock. */
export interface OutsideValidity {
  readonly _tag: "OutsideValidity"
  readonly claim: "exp" | "nbf" | "iat"
  /** How long ago it expired, or how long until it is valid. */
  readonly seconds: number
}

/** A mismatch of a claim. */
export const claimMismatch = (claim: string, expected: string, actual?: string): ClaimMismatch => ({
  _tag: "ClaimMismatch",
  claim,
  expected,
  ...(actual !== undefined && { actual: printable(actual) }),
})

/** What is wrong with a token in itself: all that there is to say of an ID token, which is sent to nobody. */
export type TokenReason =
  | AlgorithmNotAllowed
  | ClaimMismatch
  | InvalidOptions
  | KeyNotFound
  | MalformedToken
  | OutsideValidity
  | SignatureMismatch
  | TypeNotAllowed

export type TokenCode =
  | "algorithm_not_allowed"
  | "claim_mismatch"
  | "invalid_options"
  | "invalid_signature"
  | "key_not_found"
  | "malformed_token"
  | "token_expired"
  | "token_not_yet_valid"
  | "type_not_allowed"

/** The code, the sentence and the fix for a token that is refused in itself. */
export const explainToken = (reason: TokenReason): Explanation<TokenCode> => {
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
        `No single key of the issuer matches the token${reason.keyId === undefined ? "" : ` (kid ${reason.keyId})`}.`,
        "Get a new token; if that fails, check that issuer and API mean the same server.",
      )
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
    case "InvalidOptions":
      return explainOptions(reason)
  }
}

const outsideValidity = ({ claim, seconds }: OutsideValidity): Explanation<TokenCode> =>
  claim === "exp"
    ? permanent("token_expired", `The token expired ${seconds} s ago.`, `Get a new token. ${checkClock}`)
    : permanent(
        "token_not_yet_valid",
        `The token becomes valid in ${seconds} s by this machine's clock (${claim}).`,
        checkClock,
      )

const checkClock = "If the token was just issued, compare this machine's clock with the issuer's."
