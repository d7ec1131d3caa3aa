/** How many requests are left, as the X-RateLimit headers tell it. */
export interface RateLimit {
  readonly limit: number
  readonly remaining: number
  /** Epoch seconds at which one more becomes possible. */
  readonly reset: number
}

/** Counts requests per key: a burst at once, then a number per minute. */
export interface RateLimiter {
  /** Takes one; `allowed` is false when none is left. */
  readonly take: (key: string) => RateLimit & { readonly allowed: boolean }
  /** Gives one back that should not count. */
  readonly giveBack: (key: string) => void
}

/** How many at once, and how many come back each minute. */
export interface Rate {
  readonly burst: number
  readonly perMinute: number
}

const MAX_KEYS = 10_000

export const makeRateLimiter = (now: () => number, { burst, perMinute }: Rate): RateLimiter => {
  const msPerOne = 60_000 / perMinute
  const buckets = new Map<string, { tokens: number; at: number }>()

  const bucketOf = (key: string): { tokens: number; at: number } => {
    const time = now()
    const bucket = buckets.get(key) ?? { tokens: burst, at: time }
    const earned = Math.floor(Math.max(0, time - bucket.at) / msPerOne)
    const full = bucket.tokens + earned >= burst
    const tokens = Math.min(burst, bucket.tokens + earned)
    const refilled = { tokens, at: full ? time : bucket.at + earned * msPerOne }
    buckets.delete(key)
    buckets.set(key, refilled)
    forgetOldest(buckets, MAX_KEYS)
    return refilled
  }

  return {
    take: (key) => {
      const bucket = bucketOf(key)
      const allowed = bucket.tokens > 0
      if (allowed) bucket.tokens -= 1
      return {
        allowed,
        limit: burst,
        remaining: bucket.tokens,
        reset: Math.ceil((bucket.at + msPerOne) / 1000),
      }
    },
    giveBack: (key) => {
      const bucket = buckets.get(key)
      if (bucket !== undefined) bucket.tokens = Math.min(burst, bucket.tokens + 1)
    },
  }
}

/** Bounds a map of attacker-chosen keys; the oldest are evicted. */
export const forgetOldest = <Value>(map: Map<string, Value>, max: number): void => {
  for (const key of map.keys()) {
    if (map.size <= max) return
    map.delete(key)
  }
}
