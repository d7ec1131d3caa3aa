import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import { AcquireError, type AcquireReason } from "../errors/acquire-error.ts"
import { longestWait } from "../errors/explanation.ts"
import type { StoreError } from "../errors/store-error.ts"
import { timeFrom } from "../http/clock.ts"
import { waitingStill } from "../http/retry-after.ts"
import { putNewest } from "../model/put-newest.ts"

/**
 * Remembers failures that make a new request pointless for a while; a subject is not affected by failures of another.
 */
export interface NegativeCache {
  /** The failure that still applies to a subject and target, if any. */
  readonly holds: (subject: string, target: string) => AcquireError | undefined
  readonly learn: (subject: string, target: string, error: AcquireError | StoreError) => void
}

/**
 * Keeps a 429 or 503 for as long as the server asks and a refused client for five seconds, for all targets of a
 * subject; an unauthorized client for five seconds, for the one target.
 *
 * @param capacity the maximum number of failures
 */
export const makeNegativeCache = (clock: Clock.Clock, capacity: number): NegativeCache => {
  const kept = new Map<string, Failure>()
  return {
    holds: (subject, target) => {
      const held = [kept.get(subject), kept.get(`${subject} ${target}`)].find(
        (each) => each && each.passed() < each.wait,
      )
      return held && new AcquireError({ reason: after(held.passed())(held.reason) })
    },
    learn: (subject, target, error) => {
      if (error._tag !== "AcquireError") return
      const { reason, explanation } = error
      const wait = waitOf(reason)
      if (wait === undefined) return
      const now = timeFrom(clock)
      const since = now()
      const key = explanation.code === "unauthorized_client" ? `${subject} ${target}` : subject
      putNewest(kept, [key, { reason, wait: Duration.toMillis(wait), passed: () => now() - since }], capacity)
    },
  }
}

interface Failure {
  readonly reason: AcquireReason
  /** Milliseconds. */
  readonly wait: number
  /** Milliseconds. */
  readonly passed: () => number
}

/** What was said so many milliseconds ago, in words of now. */
const after =
  (passed: number) =>
  (reason: AcquireReason): AcquireReason =>
    reason._tag === "NoLinkAnswered" ? reason.retold(after(passed)) : waitingStill(reason, passed)

const waitOf = (reason: AcquireReason): Duration.Duration | undefined => {
  if (reason._tag === "NoLinkAnswered") return longestWait(reason.links.map((link) => waitOf(link.reason)))
  if (!("status" in reason)) return undefined
  if (reason.status === 429 || reason.status === 503) return reason.retryAfter
  return reason._tag === "Rejected" && aboutClient.test(reason.code) ? Duration.millis(5000) : undefined
}

const aboutClient = /^(?:invalid|unauthorized)_client$/
