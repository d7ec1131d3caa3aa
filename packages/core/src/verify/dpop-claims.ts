import * as Result from "effect/Result"
import { type JsonObject, own } from "../model/json.ts"
import { parseClaims } from "../model/claims.ts"
import { normalUrl } from "./normal-url.ts"

/** What a proof's claims must be. */
export interface ExpectedProof {
  readonly method: string
  /** Normalised. */
  readonly url: string
  /** BASE64URL(SHA-256) of the access token. */
  readonly tokenHash: string
  /** Seconds. */
  readonly maxAge: number
  /** Seconds. */
  readonly tolerance: number
}

/** The claims of a valid proof that later checks need. */
export interface ProofClaims {
  readonly jti: string
  /** Epoch seconds. */
  readonly iat: number
  readonly nonce: string | undefined
}

/**
 * Checks the claims of a proof for this request. A failure completes "The DPoP proof …".
 *
 * @param now epoch seconds
 * @see RFC 9449 §4.2, §4.3 items 3 and 8 to 11
 */
export const checkProofClaims = (
  json: JsonObject,
  expected: ExpectedProof,
  now: number,
): Result.Result<ProofClaims, string> => {
  const claims = parseClaims(json)
  if (Result.isFailure(claims)) return Result.fail(`has a claim ${claims.failure.field} that ${claims.failure.problem}`)
  const { jti, iat } = claims.success
  if (jti === undefined || jti === "" || jti.length > maxJti)
    return Result.fail(`has no jti of 1 to ${maxJti} characters`)
  if (iat === undefined) return Result.fail("has no iat")
  if (iat > now + expected.tolerance) return Result.fail(`is from the future, by ${Math.ceil(iat - now)} s`)
  if (iat < now - expected.maxAge - expected.tolerance) return Result.fail(`is ${Math.floor(now - iat)} s old`)
  if (own(json, "htm") !== expected.method) return Result.fail("is for another method (htm)")
  if (normalUrl(own(json, "htu")) !== expected.url) return Result.fail("is for another URL (htu)")
  if (own(json, "ath") !== expected.tokenHash) return Result.fail("is for another access token (ath)")
  const nonce = own(json, "nonce")
  if (nonce !== undefined && typeof nonce !== "string") return Result.fail("has a nonce that is not text")
  return Result.succeed({ jti, iat, nonce })
}

const maxJti = 256
