import * as Duration from "effect/Duration"

const cap = Duration.hours(1)

/**
 * How long a `Retry-After` header asks to wait, at most one hour; `X-RateLimit-Reset` (epoch seconds) counts where there
 * is none.
 *
 * @param now epoch milliseconds, for the form that is a date
 * @see RFC 9110 §10.2.3
 */
export const parseRetryAfter = (headers: Headers, now: number): Duration.Duration | undefined => {
  const value = headers.get("retry-after")?.trim()
  if (value === undefined || value === "") return untilReset(headers, now)
  if (/^\d{1,10}$/.test(value)) return Duration.min(cap, Duration.seconds(Number(value)))
  const at = /[a-z]/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : Duration.min(cap, Duration.millis(Math.max(0, at - now)))
}

const untilReset = (headers: Headers, now: number): Duration.Duration | undefined => {
  const reset = headers.get("x-ratelimit-reset")?.trim() ?? ""
  const remaining = headers.get("x-ratelimit-remaining")?.trim()
  if (!/^\d{1,12}$/.test(reset) || remaining !== "0") return undefined
  return Duration.min(cap, Duration.millis(Math.max(0, Number(reset) * 1000 - now)))
}
