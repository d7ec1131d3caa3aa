import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { claimMismatch, type TokenReason } from "../errors/token-refusal.ts"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import { audiencesOf, type Claims } from "../model/claims.ts"

/**
 * Why a renewed ID token does not match the previous one in person, issuer or client; `undefined` if it does. Both came
 * straight from the issuer, so signatures are not checked.
 *
 * @see OpenID Connect Core §12.2
 */
export const checkRenewedIdToken = (
  renewed: Redacted.Redacted<string>,
  before: Redacted.Redacted<string>,
): TokenReason | undefined => {
  const [is, was] = [claimsOf(renewed), claimsOf(before)]
  const audiences = audiencesOf(is)
  const wrong =
    (["iss", "sub", "azp"] as const).find((claim) => is[claim] !== was[claim]) ??
    (audiencesOf(was).every((audience) => audiences.includes(audience)) ? undefined : "aud")
  return wrong && claimMismatch(wrong, "that of the login", "another")
}

/** An unreadable token is about nobody. */
const claimsOf = (token: Redacted.Redacted<string>): Claims =>
  Result.getOrUndefined(unverifiedClaims(Redacted.value(token))) ?? {}
