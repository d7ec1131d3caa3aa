import { claimMismatch, type TokenReason } from "../errors/token-refusal.ts"
import { audiencesOf, type Claims } from "../model/claims.ts"

/** What an ID token's claims must be, besides issuer, audience and times. */
export interface ExpectedClaims {
  readonly clientId: string
  /** The nonce that was sent; if none was, the token must not have one. */
  readonly nonce: string | undefined
  /** Epoch seconds: the earliest `auth_time` allowed. */
  readonly authenticatedSince?: number | undefined
  /** The token's `acr` must be one of these; an empty list accepts any. */
  readonly acrValues?: ReadonlyArray<string> | undefined
  /** Seconds. */
  readonly tolerance: number
}

/**
 * Why the claims are not acceptable for this login; `undefined` if they are.
 *
 * @param now epoch seconds
 * @see OpenID Connect Core §2, §3.1.3.7 items 4, 5 and 10 to 13, §3.2.2.11
 */
export const checkIdTokenClaims = (claims: Claims, expected: ExpectedClaims, now: number): TokenReason | undefined =>
  checkParty(claims, expected.clientId) ??
  checkIssuedAt(claims, now - longestWay - expected.tolerance) ??
  checkNonce(claims, expected.nonce) ??
  checkAuthTime(claims, expected) ??
  checkAcr(claims, expected.acrValues ?? [])

/** The maximum age of an ID token at the end of a login, in seconds. */
const longestWay = 3600

const checkParty = (claims: Claims, clientId: string): TokenReason | undefined => {
  const { sub = "", azp } = claims
  if (sub.length > 255) return claimMismatch("sub", "at most 255 characters", `${sub.length} characters long`)
  const several = audiencesOf(claims).length > 1
  if (azp === undefined) return several ? claimMismatch("azp", `${clientId}, as aud has several`) : undefined
  return azp === clientId ? undefined : claimMismatch("azp", clientId, azp)
}

const checkIssuedAt = ({ iat }: Claims, since: number): TokenReason | undefined => {
  if (iat === undefined) return claimMismatch("iat", "a time")
  return iat >= since ? undefined : claimMismatch("iat", `a time within the last ${longestWay} s`, "older")
}

/** The values are secrets, so the error shows neither. */
const checkNonce = ({ nonce }: Claims, sent: string | undefined): TokenReason | undefined => {
  if (nonce === sent) return undefined
  if (sent === undefined) return claimMismatch("nonce", "none, as none was sent", "there")
  return claimMismatch("nonce", "the one that was sent", nonce === undefined ? undefined : "another")
}

const checkAuthTime = (
  { auth_time: time }: Claims,
  { authenticatedSince, tolerance }: ExpectedClaims,
): TokenReason | undefined => {
  if (authenticatedSince === undefined) return undefined
  if (time === undefined) return claimMismatch("auth_time", "a time, as maxAge was asked for")
  return time >= authenticatedSince - tolerance
    ? undefined
    : claimMismatch(
        "auth_time",
        "a login as recent as maxAge asks for",
        `${Math.ceil(authenticatedSince - time)} s too old`,
      )
}

const checkAcr = ({ acr }: Claims, acrValues: ReadonlyArray<string>): TokenReason | undefined => {
  if (acrValues.length === 0 || acrValues.some((each) => each === acr)) return undefined
  return claimMismatch("acr", acrValues.join(" or "), acr === undefined || typeof acr === "string" ? acr : "not text")
}
