import type { TokenSet } from "../model/token-set.ts"

/**
 * Until when a token set is handed out, in epoch milliseconds: a minute before its end, or half its life when that is
 * less, so that a call still has time to arrive.
 */
export const usableUntil = ({ expiresAt, receivedAt }: TokenSet): number => {
  const lifetime = Math.max(0, expiresAt - receivedAt)
  return expiresAt - Math.min(60_000, lifetime / 2)
}
