import type * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import { fingerprint } from "#signature"
import { type JwsHeader, maxTokenLength } from "../jws/compact.ts"
import type { Found } from "../jws/key-set.ts"
import { detached } from "../jws/remembered.ts"
import type { CheckSignature } from "../jws/signature-key.ts"
import { deepFreeze } from "../model/deep-freeze.ts"
import type { Invalid } from "../model/invalid.ts"
import { millisOf } from "../model/millis.ts"
import type { Remembering, Verification, Verified, VerifyAt } from "./verified.ts"

/** Options of `verifiedTokenCache`. */
export interface VerifiedTokenCacheOptions {
  /** How many tokens are cached. @default 10000 */
  readonly capacity?: number | undefined
  /** The approximate maximum of memory. @default 33554432 */
  readonly maxBytes?: number | undefined
  /** How long a token is cached if it does not expire sooner, at most 60 seconds. @default 60 seconds */
  readonly maxAge?: Duration.Input | undefined
}

/** Made by `verifiedTokenCache`; each verifier opens its own, so none are shared. */
export interface VerifiedTokenCache {
  readonly open: (verification: Verification) => Result.Result<Remembering, Invalid>
}

/**
 * Lets a verifier cache the tokens that it accepted, so that the next request with the same token costs about a
 * microsecond, or one per issuer with several; with tenants the token is parsed first, to find its issuer. Failures are
 * not cached. A principal is frozen, since all requests with its token share it. It is cached until `exp` at most, and
 * only while the key that verified it is in the key set. Checks that depend on the request (policy, sender binding,
 * revocation) are not part of it and run each time.
 *
 * On Node no whole token is kept: half of its signature is only hashed. Where no synchronous hash exists (browsers,
 * Workers) the whole token is kept.
 */
export const verifiedTokenCache = (options: VerifiedTokenCacheOptions = {}): VerifiedTokenCache => ({
  open: (verification) => {
    const { capacity = 10_000, maxBytes = 32 * 1024 * 1024 } = options
    const maxAge = millisOf(options.maxAge ?? longest)
    if (!(Number.isInteger(capacity) && capacity > 0)) return invalid("capacity", "must be a whole number above 0")
    if (!(maxBytes > 0)) return invalid("maxBytes", "must be a number above 0")
    if (maxAge === undefined || !(maxAge > 0 && maxAge <= longest))
      return invalid("maxAge", "must be a duration of at most 60 seconds")
    return Result.succeed(remembering(verification, makeMemory({ capacity, maxBytes, maxAge })))
  },
})

const longest = 60_000

const remembering = ({ verifyNew, findKey }: Verification, memory: Memory): Remembering => {
  const anew: VerifyAt = (token, now) =>
    verifyNew(token, now, (principal, header, check) => {
      const verified = deepFreeze(Result.succeed(principal))
      memory.keep(token, { verified, header, check, since: now, until: principal.expiresAt })
      return verified
    })
  return {
    verifyAt: (token, now) => {
      const known = memory.recall(token, now)
      if (known === undefined) return anew(token, now)
      const answer = (found: Found) => (isOf(found, known) ? known.verified : anew(token, now))
      const found = findKey(known.header)
      return found instanceof Promise ? found.then(answer) : answer(found)
    },
    recall: (token, now) => {
      const known = memory.recall(token, now)
      if (known === undefined) return undefined
      const found = findKey(known.header)
      return !(found instanceof Promise) && isOf(found, known) ? known.verified : undefined
    },
  }
}

/** Keys are compared by identity: one that left the set and came back is another. */
const isOf = (found: Found, { check }: Accepted): boolean => Result.isSuccess(found) && found.success === check

interface Accepted {
  readonly verified: Verified
  readonly header: JwsHeader
  readonly check: CheckSignature
  readonly since: number
  readonly until: number
}

interface Memory {
  readonly recall: (token: string, now: number) => Accepted | undefined
  readonly keep: (token: string, accepted: Accepted) => void
}

interface Limits {
  readonly capacity: number
  readonly maxBytes: number
  readonly maxAge: number
}

interface Entry extends Accepted {
  /** The token up to the middle of its signature. */
  readonly begin: string
  readonly bytes: number
}

const makeMemory = ({ capacity, maxBytes, maxAge }: Limits): Memory => {
  const entries = new Map<string, Entry>()
  let held = 0
  const drop = (key: string): void => {
    held -= entries.get(key)?.bytes ?? 0
    entries.delete(key)
  }
  /** The oldest come first. */
  const makeRoom = (now: number): void => {
    for (const [key, { until }] of entries) {
      if (entries.size <= capacity && held <= maxBytes && now < until) return
      drop(key)
    }
  }
  return {
    recall: (token, now) => {
      if (!(typeof token === "string" && token.length <= maxTokenLength)) return undefined
      const middle = middleOfSignature(token)
      const entry = entries.get(fingerprint(token.slice(middle)))
      if (entry === undefined || entry.begin !== token.slice(0, middle)) return undefined
      // A clock that is set back must not lengthen the lifetime.
      return entry.since <= now && now < entry.until ? entry : undefined
    },
    keep: (token, accepted) => {
      const bytes = bytesOf(token)
      if (bytes > maxBytes) return
      const middle = middleOfSignature(token)
      const key = fingerprint(token.slice(middle))
      const until = Math.min(accepted.until, accepted.since + maxAge)
      drop(key)
      entries.set(key, { ...accepted, until, bytes, begin: detached(token.slice(0, middle)) })
      held += bytes
      makeRoom(accepted.since)
    },
  }
}

/** From here on only a hash is kept. Half a signature is worthless, and half is hashed faster than all of it. */
const middleOfSignature = (token: string): number => (token.indexOf(".", token.indexOf(".") + 1) + token.length) >>> 1

/** Claims take more space in memory than in the token. */
const bytesOf = (token: string): number => 1024 + 4 * token.length

const invalid = (field: string, problem: string): Result.Result<never, Invalid> =>
  Result.fail({ field: `cache.${field}`, problem })
