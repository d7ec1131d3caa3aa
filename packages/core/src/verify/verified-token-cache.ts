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

export interface VerifiedTokenCacheOptions {
  /** How many tokens are remembered. @default 10000 */
  readonly capacity?: number | undefined
  /** About how much memory they may take. @default 33554432 */
  readonly maxBytes?: number | undefined
  /** How long a token is remembered if it does not end sooner, at most 60 seconds. @default 60 seconds */
  readonly maxAge?: Duration.Input | undefined
}

/** What `verifiedTokenCache` gives. A verifier opens one for itself, so that none are shared. */
export interface VerifiedTokenCache {
  readonly open: (verification: Verification) => Result.Result<Remembering, Invalid>
}

/**
 * Lets a verifier remember the tokens that it accepted, so that the next request with the same token costs about a
 * microsecond, or one for each of several issuers; with tenants the token is read first, to know whose it is. Failures
 * are not remembered. A principal is frozen, since all requests of its token share it. It is remembered no longer than to
 * `exp`, and no longer than the key that verified it is in the key set. Whatever depends on the request (policy, sender
 * binding, revocation) stays with the one who authorises, and is to be checked each time.
 *
 * On Node no token is kept: half of its signature is there only as a hash. Where no hash answers at once (browsers,
 * Workers) all of it is kept.
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

/** Keys are told apart by what they are: one that left the set and came back is another. */
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
      // A clock that was set back must not lengthen a life.
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

/** From here on a token is kept as a hash only. Half a signature is none, and half is hashed faster than all of it. */
const middleOfSignature = (token: string): number => (token.indexOf(".", token.indexOf(".") + 1) + token.length) >>> 1

/** Claims in memory are longer than in the token. */
const bytesOf = (token: string): number => 1024 + 4 * token.length

const invalid = (field: string, problem: string): Result.Result<never, Invalid> =>
  Result.fail({ field: `cache.${field}`, problem })
