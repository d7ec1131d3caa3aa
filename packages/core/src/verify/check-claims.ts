import { claimMismatch, type TokenReason } from "../errors/token-refusal.ts"
import { audiencesOf, type Claims } from "../model/claims.ts"
import { printable } from "../model/printable.ts"

/**
 * Which JWTs count as access tokens. `strict`: those of RFC 9068. `compatible`: also those of type `JWT` or without a
 * type, such as the ID tokens that older issuers issue for APIs; `iss`, `aud`, `exp` and `sub` stay required.
 */
export type Profile = "strict" | "compatible"

/** What the claims of a token must be. */
export interface Expectations {
  readonly issuer: string
  readonly audiences: ReadonlyArray<string>
  readonly profile: Profile
  /** Required claims. @default those of the profile */
  readonly required?: ReadonlyArray<string>
  /** Seconds. */
  readonly tolerance: number
}

/**
 * Why a token is the wrong kind of JWT; `undefined` if it is not.
 *
 * @see RFC 9068 §2.1 and §4, RFC 8725 §3.11
 */
export const checkType = (type: string | undefined, claims: Claims, profile: Profile): TokenReason | undefined => {
  if (type === "at+jwt") return undefined
  if (profile === "strict" || (type !== undefined && type !== "jwt")) return typeNotAllowed(type ?? "none")
  // A logout token may come without a type of its own (OIDC Back-Channel Logout §2.4, RFC 8417 §2.2).
  return Object.hasOwn(claims, "events") ? typeNotAllowed("security event token") : undefined
}

/**
 * Why claims are not acceptable; `undefined` if they are.
 *
 * @param now epoch seconds
 * @see RFC 9068 §2.2 and §4, RFC 7519 §4.1
 */
export const checkClaims = (claims: Claims, expected: Expectations, now: number): TokenReason | undefined => {
  const { issuer, audiences, profile, required = requiredBy[profile] } = expected
  if (claims.iss !== issuer) return claimMismatch("iss", issuer, claims.iss)
  const given = audiencesOf(claims)
  if (!given.some((audience) => audiences.includes(audience)))
    return claimMismatch("aud", audiences.join(" or "), shown(given))
  for (const claim of required) {
    if (!Object.hasOwn(claims, claim)) return claimMismatch(claim, `it (${profile} profile)`)
  }
  for (const claim of ["sub", "client_id"]) {
    if (claims[claim] === "") return claimMismatch(claim, "a name", "empty")
  }
  return checkTimes(claims, expected.tolerance, now)
}

const requiredBy: Readonly<Record<Profile, ReadonlyArray<string>>> = {
  strict: ["exp", "sub", "client_id", "iat", "jti"],
  compatible: ["exp", "sub"],
}

const checkTimes = (claims: Claims, tolerance: number, now: number): TokenReason | undefined => {
  const { exp = always, nbf = always, iat = always } = claims
  if (now - tolerance >= exp) return { _tag: "OutsideValidity", claim: "exp", seconds: Math.ceil(now - exp) }
  if (nbf > now + tolerance) return { _tag: "OutsideValidity", claim: "nbf", seconds: Math.ceil(nbf - now) }
  if (iat > now + Math.max(tolerance, slowClock))
    return { _tag: "OutsideValidity", claim: "iat", seconds: Math.ceil(iat - now) }
  return undefined
}

const always = Number.NEGATIVE_INFINITY

/** Seconds. `iat` is the age of a token, not its start of validity (RFC 7519 §4.1.6), so only a clock can be wrong. */
const slowClock = 60

const typeNotAllowed = (type: string): TokenReason => ({ _tag: "TypeNotAllowed", type: printable(type, 50) })

const shown = (audiences: ReadonlyArray<string>): string | undefined =>
  audiences.length === 0 ? undefined : audiences.slice(0, 5).join(", ")
