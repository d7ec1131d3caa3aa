/**
 * Whether a new token may answer a 401: not where the person has to sign in again or differently, nor where the proof was
 * refused and not the token.
 *
 * @see RFC 6750 §3.1, RFC 9449 §7.1, RFC 9470 §3
 */
export const isAboutToken = (headers: Headers): boolean => {
  const challenge = headers.get("www-authenticate") ?? ""
  return !otherErrors.test(challenge) && !/\bclaims\s*=/i.test(challenge)
}

const otherErrors = /\berror\s*=\s*"?(?:insufficient_user_authentication|invalid_dpop_proof|use_dpop_nonce)\b/i
