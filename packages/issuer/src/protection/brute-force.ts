import { forgetOldest } from "./rate-limit.ts"

/** Blocks an account for one address after too many wrong passwords in a row. */
export interface BruteForce {
  /** Milliseconds until the block ends, 0 when there is none. */
  readonly blockedFor: (key: string) => number
  readonly wrong: (key: string) => void
  readonly right: (key: string) => void
}

const WRONG_PASSWORDS = 10
const BLOCK_MS = 15 * 60_000
const MAX_KEYS = 10_000

export const makeBruteForce = (now: () => number): BruteForce => {
  const pairs = new Map<string, { wrong: number; last: number }>()
  return {
    blockedFor: (key) => {
      const pair = pairs.get(key)
      if (pair === undefined || pair.wrong < WRONG_PASSWORDS) return 0
      const left = pair.last + BLOCK_MS - now()
      if (left <= 0) pairs.delete(key)
      return Math.max(0, left)
    },
    wrong: (key) => {
      const wrong = (pairs.get(key)?.wrong ?? 0) + 1
      pairs.delete(key)
      pairs.set(key, { wrong, last: now() })
      forgetOldest(pairs, MAX_KEYS)
    },
    right: (key) => {
      pairs.delete(key)
    },
  }
}
