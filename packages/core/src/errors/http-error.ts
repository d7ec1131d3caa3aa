import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import { toReachIt } from "#unreachable"
import { type Explanation, inBrackets, inSeconds, permanent, sentence, transient, waiting } from "./explanation.ts"

/** The server could not be reached: DNS, connection or TLS failed, or the connection was lost. */
export interface Unreachable {
  readonly _tag: "Unreachable"
  readonly url: string
  /** The system's own code, such as `ECONNREFUSED`. */
  readonly detail?: string
  /** What to do about it, where more is known of the cause: nothing that passes by itself. */
  readonly fix?: string
}

/** The answer was not complete in time. */
export interface TimedOut {
  readonly _tag: "TimedOut"
  readonly url: string
  readonly after: Duration.Duration
  /** What to do about it, if the cause is known. */
  readonly fix?: string
}

/** The server cannot answer now: 408, 429 or 5xx. */
export interface Unavailable {
  readonly _tag: "Unavailable"
  readonly url: string
  readonly status: number
  /** The server's own `error`, if its answer had one, made printable. */
  readonly error?: string
  readonly retryAfter?: Duration.Duration
}

/** The answer violates the protocol: not JSON, too large, a redirect, or a member is missing. */
export interface MalformedResponse {
  readonly _tag: "MalformedResponse"
  readonly url: string
  readonly problem: string
}

/** An option or argument is wrong; nothing was sent. */
export interface InvalidOptions {
  readonly _tag: "InvalidOptions"
  readonly field: string
  /** Completes "The option … …". */
  readonly problem: string
  /** What to do about it, if correcting the field is not enough. */
  readonly fix?: string
}

/** Why a request to a server can fail. */
export type HttpReason = Unreachable | TimedOut | Unavailable | MalformedResponse | InvalidOptions

export type HttpCode =
  | "invalid_options"
  | "malformed_response"
  | "rate_limited"
  | "timeout"
  | "unavailable"
  | "unreachable"

/** A request failed; each stage maps this to its own error. */
export class HttpError extends /*#__PURE__*/ Data.TaggedError("HttpError")<{ readonly reason: HttpReason }> {
  get explanation(): Explanation<HttpCode> {
    return explainHttp(this.reason)
  }
  override get message(): string {
    return sentence(this.explanation)
  }
}

export const explainHttp = (reason: HttpReason): Explanation<HttpCode> => {
  switch (reason._tag) {
    case "Unreachable":
      return {
        code: "unreachable",
        what: `${reason.url} could not be reached${inBrackets(reason.detail)}.`,
        fix: reason.fix ?? toReachIt,
        retryable: reason.fix === undefined,
      }
    case "TimedOut":
      return transient(
        "timeout",
        `${reason.url} gave no whole answer within ${inSeconds(reason.after)}.`,
        reason.fix ?? "Check that the server is well, or allow a longer timeout.",
      )
    case "Unavailable":
      return explainUnavailable(reason)
    case "MalformedResponse":
      return permanent(
        "malformed_response",
        `The answer of ${reason.url} is not usable: ${reason.problem}.`,
        "Check that the URL is the right one and that no proxy or login page answers in its place.",
      )
    case "InvalidOptions":
      return explainOptions(reason)
  }
}

export const explainOptions = ({ field, problem, fix }: InvalidOptions): Explanation<"invalid_options"> =>
  permanent("invalid_options", `The option ${field} ${problem}.`, fix ?? `Correct ${field}.`)

const explainUnavailable = (reason: Unavailable): Explanation<HttpCode> => {
  const wait = reason.retryAfter === undefined ? "" : `, and asks to wait ${inSeconds(reason.retryAfter)}`
  const what = `${reason.url} answered ${reason.status}${inBrackets(reason.error)}${wait}.`
  return waiting(
    reason.retryAfter,
    reason.status === 429
      ? transient("rate_limited", what, "Wait before the next try, and reuse tokens.")
      : transient("unavailable", what, "Try again later; the server cannot answer now."),
  )
}
