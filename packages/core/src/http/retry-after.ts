import * as Duration from "effect/Duration"
import type { Explained } from "../telemetry/telemetry.ts"
import type { AnswerHeaders } from "./client.ts"

/**
 * The wait that a `Retry-After` header asks for, at most one hour; without one, `X-RateLimit-Reset` (epoch seconds)
 * counts.
 *
 * @param now epoch milliseconds, for a header that is a date
 * @see RFC 9110 §10.2.3
 */
export const parseRetryAfter = (headers: AnswerHeaders, now: number): Duration.Duration | undefined => {
  const value = headers.get("retry-after")?.trim()
  if (value === undefined || value === "") return untilReset(headers, now)
  if (/^\d{1,12}$/.test(value)) return waitOf(Number(value) * 1000)
  const at = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : waitOf(at - now)
}

const untilReset = (headers: AnswerHeaders, now: number): Duration.Duration | undefined => {
  const reset = headers.get("x-ratelimit-reset")?.trim() ?? ""
  const remaining = headers.get("x-ratelimit-remaining")?.trim()
  if (!/^\d{1,12}$/.test(reset) || remaining !== "0") return undefined
  return waitOf(Number(reset) * 1000 - now)
}

/** Milliseconds that an error asks to wait, at most one hour; 0 if it does not. */
export const retryAfterOf = ({ explanation }: Explained): number =>
  explanation.retryAfter === undefined ? 0 : Duration.toMillis(explanation.retryAfter)

/** What a server said so many milliseconds ago, with the whole seconds that remain of what it asks to wait. */
export const waitingStill = <Reason extends object>(reason: Reason, passed: number): Reason => {
  const { retryAfter }: { readonly retryAfter?: Duration.Duration } = reason
  if (retryAfter === undefined) return reason
  const seconds = Math.ceil((Duration.toMillis(retryAfter) - passed) / 1000)
  return { ...reason, retryAfter: waitOf(seconds * 1000) }
}

const hour = 3_600_000

const waitOf = (millis: number): Duration.Duration => Duration.millis(Math.min(Math.max(0, millis), hour))
