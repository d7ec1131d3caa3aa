import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { VerifyReason } from "../errors/verify-error.ts"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import { audiencesOf, type Claims } from "../model/claims.ts"
import { mismatch } from "./id-token-claims.ts"

export interface RenewedIdToken {
  readonly before: Redacted.Redacted<string>
  /** Straight from the token endpoint, so that TLS stands for the signature. */
  readonly renewed: Redacted.Redacted<string>
}

/**
 * Why a renewed ID token is not about the same person, at the same issuer and client, as the one before, if so.
 *
 * @see OpenID Connect Core §12.2
 */
export const checkRenewedIdToken = ({ before, renewed }: RenewedIdToken): VerifyReason | undefined => {
  const both = Result.all([claimsOf(before), claimsOf(renewed)])
  if (Result.isFailure(both)) return { _tag: "MalformedToken", problem: both.failure }
  const [was, is] = both.success
  return checkSame("iss", was, is) ?? checkSame("sub", was, is) ?? checkSame("azp", was, is) ?? checkAudience(was, is)
}

const claimsOf = (token: Redacted.Redacted<string>) => unverifiedClaims(Redacted.value(token))

const checkSame = (claim: "azp" | "iss" | "sub", was: Claims, is: Claims): VerifyReason | undefined =>
  was[claim] === is[claim] ? undefined : mismatch(claim, "the one of the login", "another")

const checkAudience = (was: Claims, is: Claims): VerifyReason | undefined => {
  const audiences = audiencesOf(is)
  const missing = audiencesOf(was).find((audience) => !audiences.includes(audience))
  return missing === undefined ? undefined : mismatch("aud", missing, audiences.join(" "))
}
