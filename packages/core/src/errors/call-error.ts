import * as Data from "effect/Data"
import { type Explanation, permanent, sentence } from "./explanation.ts"
import { explainHttp, type HttpCode, type HttpReason } from "./http-error.ts"
import { explainTokenType, type TokenTypeMismatch } from "./token-type.ts"

/** The URL's origin is not one that the client may send a token to. */
export interface OriginNotAllowed {
  readonly _tag: "OriginNotAllowed"
  readonly origin: string
  readonly allowed: ReadonlyArray<string>
}

/** The API answered with a redirect, which could carry the token elsewhere. */
export interface RedirectRefused {
  readonly _tag: "RedirectRefused"
  readonly url: string
}

/** The path leads out of the forwarded prefix, or may do so once decoded. */
export interface PathRefused {
  readonly _tag: "PathRefused"
}

/** Why an API could not be called. */
export type CallReason = HttpReason | OriginNotAllowed | PathRefused | RedirectRefused | TokenTypeMismatch

export type CallCode = HttpCode | "origin_not_allowed" | "path_refused" | "redirect_refused" | "token_type_mismatch"

/** An API could not be called; `reason` says why. A response is not an error, whatever its status. */
export class CallError extends /*#__PURE__*/ Data.TaggedError("CallError")<{ readonly reason: CallReason }> {
  get explanation(): Explanation<CallCode> {
    return explainCall(this.reason)
  }
  override get message(): string {
    return sentence(this.explanation)
  }
}

const explainCall = (reason: CallReason): Explanation<CallCode> => {
  switch (reason._tag) {
    case "OriginNotAllowed":
      return permanent(
        "origin_not_allowed",
        `No token may be sent to ${reason.origin}; allowed: ${reason.allowed.join(", ") || "none"}.`,
        "Add the exact origin to the client's APIs if the token is meant for it.",
      )
    case "PathRefused":
      return permanent("path_refused", "The path leads out of what is forwarded.", "Ask for another path.")
    case "RedirectRefused":
      return permanent(
        "redirect_refused",
        `${reason.url} answered with a redirect, which was not followed so that the token stays with this origin.`,
        'Call the final URL, or pass { redirect: "follow" }.',
      )
    case "TokenTypeMismatch":
      return explainTokenType(reason)
    default:
      return explainHttp(reason)
  }
}
