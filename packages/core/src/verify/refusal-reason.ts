import type { Explanation } from "../errors/explanation.ts"
import { permanent } from "../errors/explanation.ts"
import { explainVerify, type VerifyCode, type VerifyReason } from "../errors/verify-error.ts"
import type { CrossSiteRequest, MalformedCredentials, MissingCredentials } from "./credentials.ts"
import type { UnmetRequirement } from "./requirements.ts"

/** Why a request was refused, exactly; for the log, not for the one who sent it. */
export type RefusalReason =
  | CrossSiteRequest
  | MalformedCredentials
  | MissingCredentials
  | UnmetRequirement
  | VerifyReason

export type RefusalCode =
  | VerifyCode
  | "claim_not_met"
  | "cross_site_request"
  | "insufficient_scope"
  | "login_not_fresh"
  | "malformed_credentials"
  | "missing_credentials"

/** What the one who sent the request is told. */
export interface Verdict {
  readonly status: 400 | 401 | 403 | 503
  /** The code of RFC 6750 §3.1, RFC 9449 or RFC 9470 §3, if there is one. */
  readonly error?: string
  /** A fixed sentence: nothing of the request is in it. */
  readonly detail: string
  /** Of the challenge, besides the error. */
  readonly params?: Readonly<Record<string, string>>
  /** Of the answer, besides those that every refusal has. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * What a refusal is for the one who sent the request: enough to do better, nothing of the token.
 *
 * @see RFC 6750 §3.1, RFC 9470 §3
 */
export const verdictOn = (reason: RefusalReason): Verdict => {
  switch (reason._tag) {
    case "MissingCredentials":
      return { status: 401, detail: "An access token is needed." }
    case "MalformedCredentials":
      return { status: 400, error: "invalid_request", detail: "The request must have one well-formed access token." }
    case "CrossSiteRequest":
      return { status: 403, detail: "The request did not come from a page of this site." }
    case "InsufficientScope":
      return {
        status: 403,
        error: "insufficient_scope",
        detail: "The access token does not have the scope that this needs.",
        params: { scope: reason.required.join(" ") },
      }
    case "ClaimNotMet":
      return { status: 403, error: "insufficient_scope", detail: "The access token does not allow this." }
    case "LoginNotFresh":
      return {
        status: 401,
        error: "insufficient_user_authentication",
        detail: "This needs a more recent or a stronger login.",
        params: {
          ...(reason.acrValues.length > 0 && { acr_values: reason.acrValues.join(" ") }),
          ...(reason.maxAge !== undefined && { max_age: String(reason.maxAge) }),
        },
      }
    case "KeysUnavailable":
    case "CheckUnavailable":
    case "InvalidOptions":
      return { status: 503, detail: "Access tokens cannot be checked now." }
    case "ProofRefused":
      return { status: 401, error: "invalid_dpop_proof", detail: "The DPoP proof is not valid for this request." }
    case "NonceDemanded":
      return {
        status: 401,
        error: "use_dpop_nonce",
        detail: "The DPoP proof needs a nonce of this API.",
        ...(reason.nonce !== undefined && { headers: { "dpop-nonce": reason.nonce } }),
      }
    case "OutsideValidity":
      return reason.claim === "exp" ? invalidToken("The access token expired.") : invalidToken(invalid)
    default:
      return invalidToken(invalid)
  }
}

const invalid = "The access token is not valid here."

const invalidToken = (detail: string): Verdict => ({ status: 401, error: "invalid_token", detail })

/** The exact reason in words, for the log. */
export const explainRefusal = (reason: RefusalReason): Explanation<RefusalCode> => {
  switch (reason._tag) {
    case "MissingCredentials":
      return permanent("missing_credentials", "The request has no token.", "Send Authorization: Bearer with a token.")
    case "MalformedCredentials":
      return permanent("malformed_credentials", `The request ${reason.problem}.`, "Send one Authorization header.")
    case "CrossSiteRequest":
      return permanent(
        "cross_site_request",
        "A cookie came with a request that no page of this site is known to have sent.",
        "If the API is behind a proxy, name its public origin in cookie.origins.",
      )
    case "InsufficientScope":
      return permanent(
        "insufficient_scope",
        `The token lacks ${reason.missing.join(" ")}.`,
        "Ask the issuer for a token with that scope.",
      )
    case "ClaimNotMet":
      return permanent(
        "claim_not_met",
        `The claim ${reason.claim} is not what this route needs.`,
        "Use another account.",
      )
    case "LoginNotFresh":
      return permanent("login_not_fresh", "The login is too old or too weak for this route.", "Sign in again.")
    default:
      return explainVerify(reason)
  }
}
