import type { VerifyReason } from "../errors/verify-error.ts"
import type { CrossSiteRequest, MalformedCredentials, MissingCredentials } from "./credentials.ts"
import type { UnmetRequirement } from "./requirements.ts"

/** The exact reason of a refusal; for the log, not for the client. */
export type RefusalReason =
  | CrossSiteRequest
  | MalformedCredentials
  | MissingCredentials
  | UnmetRequirement
  | VerifyReason

/** What the client is told. */
export interface Verdict {
  readonly status: 400 | 401 | 403 | 503
  /** The code of RFC 6750 §3.1, RFC 9449 or RFC 9470 §3, if there is one. */
  readonly error?: string
  /** A fixed sentence, with nothing of the request in it. */
  readonly detail: string
  /** Challenge parameters besides the error. */
  readonly params?: Readonly<Record<string, string>>
  /** Headers besides those of every refusal. */
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * What the client is told about a refusal: enough to do better, nothing of the token.
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
