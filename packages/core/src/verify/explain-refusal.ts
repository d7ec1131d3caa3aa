import { type Explanation, permanent } from "../errors/explanation.ts"
import { explainVerify, type VerifyCode } from "../errors/verify-error.ts"
import type { RefusalReason } from "./refusal-reason.ts"

/** The stable code of a refusal. */
export type RefusalCode =
  | VerifyCode
  | "claim_not_met"
  | "cross_site_request"
  | "insufficient_scope"
  | "login_not_fresh"
  | "malformed_credentials"
  | "missing_credentials"

/** Explains the exact reason of a refusal, with a stable code: for the log, not for the client. */
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
