import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { type Explanation, permanent, sentence } from "./explanation.ts"
import { explainOptions, type InvalidOptions } from "./http-error.ts"
import { explainVerify, type VerifyReason } from "./verify-error.ts"

/** A request with the session's cookie that may change something came from another site, or its origin is unknown. */
export interface CrossSiteRequest {
  readonly _tag: "CrossSiteRequest"
  /** The request's own `Origin`, made printable. */
  readonly origin: string | undefined
}

/** The session does not fit into the cookies that browsers and servers accept. */
export interface SessionTooLarge {
  readonly _tag: "SessionTooLarge"
  /** Characters, once encrypted. */
  readonly length: number
}

/** The logout token is not valid here. */
export interface LogoutTokenRefused {
  readonly _tag: "LogoutTokenRefused"
  readonly because: VerifyReason
}

/** The logout token was used before. */
export interface LogoutTokenReplayed {
  readonly _tag: "LogoutTokenReplayed"
}

/** Why a session could not be stored, used or ended. */
export type SessionReason =
  | CrossSiteRequest
  | InvalidOptions
  | LogoutTokenRefused
  | LogoutTokenReplayed
  | SessionTooLarge

export type SessionCode = "cross_site_request" | "invalid_options" | "logout_token_refused" | "session_too_large"

/** A session could not be stored, used or ended; `reason` says why. */
export class SessionError extends /*#__PURE__*/ Data.TaggedError("SessionError")<{ readonly reason: SessionReason }> {
  get explanation(): Explanation<SessionCode> {
    return explainSession(this.reason)
  }
  override get message(): string {
    return sentence(this.explanation)
  }
}

/** The error for an invalid option. */
export const invalidOptions = (field: string, problem: string, fix?: string): Effect.Effect<never, SessionError> =>
  Effect.fail(
    new SessionError({ reason: { _tag: "InvalidOptions", field, problem, ...(fix !== undefined && { fix }) } }),
  )

const explainSession = (reason: SessionReason): Explanation<SessionCode> => {
  switch (reason._tag) {
    case "CrossSiteRequest":
      return permanent(
        "cross_site_request",
        `The request came from ${reason.origin ?? "an unknown place"}, and it would change something here.`,
        "Send it from a page of the application itself, with the browser's Origin header.",
      )
    case "SessionTooLarge":
      return permanent(
        "session_too_large",
        `The session takes ${reason.length} characters as a cookie, more than browsers and servers take.`,
        "Keep sessions in a store, with storedSessions(), or ask the issuer for smaller tokens.",
      )
    case "LogoutTokenRefused":
      return permanent(
        "logout_token_refused",
        `The logout token was refused. ${explainVerify(reason.because).what}`,
        "Compare issuer, client id and algorithm with the issuer's, and the clocks.",
      )
    case "LogoutTokenReplayed":
      return permanent(
        "logout_token_refused",
        "The logout token was used before.",
        "Nothing is to be done: the session has ended with the first one.",
      )
    case "InvalidOptions":
      return explainOptions(reason)
  }
}
