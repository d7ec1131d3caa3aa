import type { TokenSet } from "../model/token-set.ts"

/** When to renew a token set and when to stop using it, in epoch milliseconds. */
export interface Freshness {
  /** From then on it is still handed out, and renewed in the background. */
  readonly soft: number
  /** From then on it is no longer handed out. */
  readonly hard: number
}

/**
 * `soft` is at 80 % of the lifetime, or five minutes before its end if that is sooner, but not in its first half, with
 * a jitter of a tenth so that many holders do not renew at once. `hard` leaves ten seconds, at most a tenth of the
 * lifetime, for the call to arrive.
 *
 * @param jitter 0 to 1
 */
export const freshnessOf = ({ receivedAt, expiresAt }: TokenSet, jitter: number): Freshness => {
  const lifetime = Math.max(0, expiresAt - receivedAt)
  const hard = expiresAt - Math.min(10_000, lifetime / 10)
  const lead = Math.min(300_000, lifetime / 2)
  const soft = Math.min(lifetime * 0.8, lifetime - lead) * (0.9 + jitter * 0.2)
  return { soft: Math.min(receivedAt + soft, hard), hard }
}

/** Until when a kept token set may be handed out, in epoch milliseconds. */
export const usableUntil = (set: TokenSet): number => freshnessOf(set, 0.5).hard
