/** How many logins are left, as the X-RateLimit headers tell it. */
export interface RateLimit {
  readonly limit: number
  readonly remaining: number
  /** Epoch seconds at which one more login becomes possible. */
  readonly reset: number
}

/** Counts logins per key: a burst at once, then so many a minute. */
export interface RateLimiter {
  /** Takes one login; `allowed` is false when none is left. */
  readonly take: (key: string) => RateLimit & { readonly allowed: boolean }
  /** Gives one login back that never reached the directory. */
  readonly giveBack: (key: string) => void
}

const BURST = 20
const PER_MINUTE = 10
const MS_PER_LOGIN = 60_000 / PER_MINUTE
const MAX_KEYS = 10_000

export const makeRateLimiter = (now: () => number): RateLimiter => {
  const buckets = new Map<string, { tokens: number; at: number }>()

  const bucketOf = (key: string): { tokens: number; at: number } => {
    const time = now()
    const bucket = buckets.get(key) ?? { tokens: BURST, at: time }
    const earned = Math.floor(Math.max(0, time - bucket.at) / MS_PER_LOGIN)
    const full = bucket.tokens + earned >= BURST
    const tokens = Math.min(BURST, bucket.tokens + earned)
    const refilled = { tokens, at: full ? time : bucket.at + earned * MS_PER_LOGIN }
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
        limit: BURST,
        remaining: bucket.tokens,
        reset: Math.ceil((bucket.at + MS_PER_LOGIN) / 1000),
      }
    },
    giveBack: (key) => {
      const bucket = buckets.get(key)
      if (bucket !== undefined) bucket.tokens = Math.min(BURST, bucket.tokens + 1)
    },
  }
}

/** Keeps a map of attacker-chosen keys bounded; the first inserted go first. */
export const forgetOldest = <Value>(map: Map<string, Value>, max: number): void => {
  for (const key of map.keys()) {
    if (map.size <= max) return
    map.delete(key)
  }
}
