import { parseChallenges } from "../protocol/challenge.ts"

/**
 * Whether a new token may answer a 401: not where the person has to sign in again or differently, nor where the proof was
 * refused and not the token.
 *
 * @see RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3
 */
export const isAboutToken = (headers: Headers): boolean =>
  !parseChallenges(headers.get("www-authenticate")).some(
    ({ params }) => otherErrors.has(params["error"]) || params["claims"] !== undefined,
  )

const otherErrors: ReadonlySet<string | undefined> = new Set([
  "insufficient_user_authentication",
  "invalid_dpop_proof",
  "use_dpop_nonce",
])
