import { parseChallenges } from "../protocol/challenge.ts"

/**
 * Whether a new token may resolve a 401: not if the person has to sign in again or differently, nor if the proof was
 * refused instead of the token.
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

/** How an API requires the person to have signed in: options for the next login. */
export interface StepUp {
  readonly acrValues?: ReadonlyArray<string>
  /** Milliseconds. */
  readonly maxAge?: number
}

/**
 * What a response requires of the next login, if anything. A page can read it only if the API exposes the header
 * `WWW-Authenticate` (CORS).
 *
 * @see RFC 9470 §3
 */
export const stepUpOf = ({ status, headers }: Pick<Response, "headers" | "status">): StepUp | undefined => {
  const challenges = status === 401 ? parseChallenges(headers.get("www-authenticate")) : []
  const demand = challenges.find(({ params }) => params["error"] === "insufficient_user_authentication")?.params
  if (demand === undefined) return undefined
  const { acr_values: acrValues, max_age: maxAge } = demand
  return {
    ...(acrValues !== undefined && { acrValues: acrValues.split(" ").filter(Boolean) }),
    ...(maxAge !== undefined && /^\d{1,9}$/.test(maxAge) && { maxAge: Number(maxAge) * 1000 }),
  }
}
