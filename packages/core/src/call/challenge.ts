/**
 * Whether a 401 asks the person to sign in again or differently, which a new token alone does not answer.
 *
 * @see RFC 9470 §3
 */
export const isStepUp = (headers: Headers): boolean => {
  const challenge = headers.get("www-authenticate") ?? ""
  return /\berror\s*=\s*"?insufficient_user_authentication\b/i.test(challenge) || /\bclaims\s*=/i.test(challenge)
}
