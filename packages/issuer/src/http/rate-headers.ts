import type { LoginFailure } from "../protection/login-failure.ts"
import type { RateLimit } from "../protection/rate-limit.ts"

/** The rate limit as the old endpoints tell it; the reset time is in epoch seconds. */
export const rateHeaders = (rate: RateLimit, failure?: LoginFailure): Record<string, string> => ({
  "x-ratelimit-limit": String(rate.limit),
  "x-ratelimit-remaining": String(rate.remaining),
  "x-ratelimit-reset": String(rate.reset),
  ...(failure?.retryAfter === undefined ? {} : { "retry-after": String(failure.retryAfter) }),
})
