import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import type { DiscoveryError, DiscoveryReason } from "../errors/discovery-error.ts"
import { retryAfterOf, waitingStill } from "../http/retry-after.ts"
import type { JwsHeader } from "./compact.ts"
import type { FetchedJwks } from "./fetch-jwks.ts"
import type { Found, KeySet } from "./key-set.ts"

/**
 * What is known of an issuer's keys, and the rules for fetching them again. Plain data, so requests may share it. `now`
 * is in milliseconds of a monotonic clock.
 */
export interface KeyState {
  /** Whether to wait for a fetch before answering, to start one in the background, or neither. */
  readonly consult: (header: JwsHeader, now: number) => "answer" | "answer and refresh" | "wait"
  /** Until when a request waits for a fetch, already under way or new. */
  readonly latest: (header: JwsHeader, now: number) => number
  readonly answer: (header: JwsHeader, now: number) => Found
  /** Whether the current keys came from an intermediate cache. */
  readonly cached: () => boolean
  readonly begin: (now: number) => void
  readonly loaded: (set: KeySet, fetched: FetchedJwks, now: number) => void
  readonly failed: (error: DiscoveryError, now: number) => void
}

/** @param maxStale milliseconds after its lifetime for which a set is still used while the issuer cannot be reached */
export const makeKeyState = (maxStale: number): KeyState => {
  let known: Known | undefined
  let failure: DiscoveryReason | undefined
  let failedAt = 0
  let failures = 0
  let notBefore = 0
  let unknownKeyNotBefore = 0
  let loadingSince = -Infinity

  const loading = (now: number): boolean => now - loadingSince < abandonedAfter
  const usable = (now: number): boolean => known !== undefined && now < known.freshUntil + maxStale
  const find = (header: JwsHeader, now: number): Found =>
    known !== undefined && usable(now) ? known.set.find(header) : unavailable(late)
  const refresh = (now: number) => (loading(now) || now < notBefore ? "answer" : "answer and refresh")

  const consultUnknownKey = (now: number) => {
    if (loading(now)) return "wait"
    if (now < notBefore || now < unknownKeyNotBefore) return "answer"
    unknownKeyNotBefore = now + unknownKeyInterval
    return "wait"
  }

  return {
    cached: () => known?.cached === true,
    consult: (header, now) => {
      if (known === undefined || now >= known.freshUntil) {
        if (failure !== undefined && usable(now)) return refresh(now)
        return now < notBefore ? "answer" : "wait"
      }
      if (Result.isFailure(known.set.find(header))) return consultUnknownKey(now)
      return now < known.refreshFrom ? "answer" : refresh(now)
    },
    latest: (header, now) => {
      const begun = loading(now) ? loadingSince : now
      return Result.isSuccess(find(header, now)) ? begun + briefly : Math.max(now + briefly, begun + forOneTry)
    },
    answer: (header, now) => {
      const found = find(header, now)
      const because = failure === undefined ? loading(now) && late : waitingStill(failure, now - failedAt)
      return Result.isFailure(found) && because ? unavailable(because) : found
    },
    begin: (now) => {
      loadingSince = now
    },
    loaded: (set, { lifetime, cached }, now) => {
      known = { set, cached, refreshFrom: now + lifetime * 0.8, freshUntil: now + lifetime }
      failure = set.size > 0 ? undefined : noKeys
      failures = 0
      notBefore = 0
      loadingSince = -Infinity
    },
    failed: (error, now) => {
      failure = error.reason
      failedAt = now
      notBefore = now + Math.max(retryAfterOf(error), Math.min(longestBackOff, 1000 * 2 ** failures++))
      loadingSince = -Infinity
    },
  }
}

interface Known {
  readonly set: KeySet
  readonly cached: boolean
  readonly refreshFrom: number
  readonly freshUntil: number
}

const unknownKeyInterval = 30_000
const longestBackOff = 30_000
/** On Workers a fetch can vanish together with the request that began it. */
const abandonedAfter = 15_000

/**
 * Milliseconds that a request waits for a key; the shorter time if it has a stale one, or if the fetch already takes
 * long.
 */
const forOneTry = 5_000
const briefly = 2_000

const late: DiscoveryReason = { _tag: "TimedOut", url: "jwks_uri", after: /*#__PURE__*/ Duration.millis(forOneTry) }

/** An issuer without keys cannot have signed a token, so the issuer is at fault, not the token. */
const noKeys: DiscoveryReason = {
  _tag: "MalformedResponse",
  url: "jwks_uri",
  problem: "no key in it can be used",
}

const unavailable = (because: DiscoveryReason): Found => Result.fail({ _tag: "KeysUnavailable", because })
