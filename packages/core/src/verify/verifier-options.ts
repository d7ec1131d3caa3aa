import type * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import { type Algorithm, canonical, isAlgorithm, isSymmetric } from "../jws/algorithm.ts"
import { type Invalid, invalid } from "../model/invalid.ts"
import { millisOf } from "../model/millis.ts"
import type { Expectations, Profile } from "./check-claims.ts"
import type { KeySource } from "./key-source.ts"
import type { VerifiedTokenCache } from "./verified-token-cache.ts"

/** Options of `makeVerifier`. */
export interface VerifierOptions<R = never> {
  /** Exactly as in the token's `iss`. */
  readonly issuer: string
  /** The identifiers of this API in `aud`; a token must name at least one. */
  readonly audience: string | ReadonlyArray<string>
  /** `issuerKeys()`, `jwks(set)` or `secret(value)`. */
  readonly keys: KeySource<R>
  /** A closed list: the token never chooses. @default HS256 with a secret, every asymmetric one with public keys */
  readonly algorithms?: ReadonlyArray<Algorithm> | undefined
  /** Which JWTs count as access tokens. @default strict */
  readonly profile?: Profile | undefined
  /** How far the clocks may differ, at most 10 minutes; at least a minute is allowed for `iat`. @default 5 seconds */
  readonly clockTolerance?: Duration.Input | undefined
  /** `verifiedTokenCache()`, for callers that send the same token repeatedly. @default none */
  readonly cache?: VerifiedTokenCache | undefined
}

/** Validated options. */
export interface VerifierPlan {
  /** Each once, `Ed25519` as `EdDSA`. */
  readonly algorithms: ReadonlyArray<Algorithm>
  readonly expectations: Expectations
}

/** Fails on invalid options when the verifier is built, not at the first token. */
export const parseVerifierOptions = <R>(options: VerifierOptions<R>): Result.Result<VerifierPlan, Invalid> => {
  const { issuer, keys, profile = "strict" } = options
  const audiences = [options.audience].flat()
  if (!isText(issuer)) return invalid("issuer", "must be a non-empty string")
  if (audiences.length === 0 || !audiences.every(isText)) return invalid("audience", "must name at least one audience")
  if (keys === undefined) return invalid("keys", "must be issuerKeys(), jwks(set) or secret(value)")
  if (profile !== "strict" && profile !== "compatible") return invalid("profile", "must be strict or compatible")
  const tolerance = millisOf(options.clockTolerance ?? "5 seconds")
  if (tolerance === undefined || tolerance > maxTolerance * 1000) {
    return invalid("clockTolerance", `must be a duration of at most ${maxTolerance} s`)
  }
  const expectations = { issuer, audiences, profile, tolerance: tolerance / 1000 }
  return Result.map(parseAlgorithms(options.algorithms, keys), (algorithms) => ({ algorithms, expectations }))
}

const maxTolerance = 600

const parseAlgorithms = (
  chosen: ReadonlyArray<Algorithm> | undefined,
  keys: KeySource<unknown>,
): Result.Result<ReadonlyArray<Algorithm>, Invalid> => {
  const names: ReadonlyArray<string> = chosen ?? keys.defaultAlgorithms
  if (names.length === 0) return invalid("algorithms", "must name at least one algorithm")
  const algorithms = [...new Set(names.map(canonical))].filter(isAlgorithm)
  if (!names.every(isAlgorithm)) return invalid("algorithms", "names one that is unknown or unsafe, such as none")
  if (algorithms.every((algorithm) => isSymmetric(algorithm) === keys.symmetric)) return Result.succeed(algorithms)
  return keys.symmetric
    ? invalid("algorithms", "must all be HS256, HS384 or HS512 with a secret")
    : invalid("algorithms", "must not name HS256, HS384 or HS512 with public keys: anyone could sign with those")
}

const isText = (value: unknown): boolean => typeof value === "string" && value !== ""
