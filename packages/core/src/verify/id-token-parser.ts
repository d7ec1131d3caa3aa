import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { claimMismatch, type TokenReason } from "../errors/token-refusal.ts"
import type { VerifyReason } from "../errors/verify-error.ts"
import { canonical } from "../jws/algorithm.ts"
import type { Claims } from "../model/claims.ts"
import { checkClaims, checkType } from "./check-claims.ts"
import { checkIdTokenClaims, type ExpectedClaims } from "./id-token-claims.ts"
import { tokenHash } from "./token-hash.ts"
import { makeUncheckedClaimsParser, type UncheckedClaims } from "./unchecked-claims.ts"
import type { VerifierPlan } from "./verifier-options.ts"

/** What an ID token must match to belong to this login. */
export interface ExpectedIdToken extends Pick<ExpectedClaims, "acrValues" | "authenticatedSince"> {
  /**
   * Whether `at_hash` and `c_hash` are required for what came with the ID token, as in every response through a
   * browser. If present they are checked.
   */
  readonly hashes: "if present" | "required"
  /** The nonce that was sent; if none was, the token must not have one. */
  readonly nonce: Redacted.Redacted<string> | undefined
  /** The token or code that came with the ID token. */
  readonly accessToken?: Redacted.Redacted<string> | undefined
  readonly code?: Redacted.Redacted<string> | undefined
  /** The issuer's `id_token_signing_alg_values_supported`; if present, no other algorithm is accepted. */
  readonly supported?: ReadonlyArray<string> | undefined
}

/** Parses an ID token and checks all but its signature. */
export type ParseIdToken = (
  token: Redacted.Redacted<string>,
  expected: ExpectedIdToken,
) => Effect.Effect<UncheckedClaims, { readonly reason: TokenReason }>

/** The claims of an ID token, if it is one for this login. */
export type CheckIdToken = (
  token: Redacted.Redacted<string>,
  expected: ExpectedIdToken,
) => Effect.Effect<Claims, { readonly reason: VerifyReason }>

/**
 * Runs all checks of an ID token that need no key.
 *
 * @see OpenID Connect Core §3.1.3.7 without item 6
 */
export const makeIdTokenParser = (plan: VerifierPlan, clientId: string): ParseIdToken => {
  const parse = makeUncheckedClaimsParser(plan.algorithms)
  const { expectations } = plan
  const { profile, tolerance } = expectations
  return Effect.fnUntraced(function* (token, expected) {
    const now = (yield* Clock.currentTimeMillis) / 1000
    const parsed = parse(Redacted.value(token))
    if (Result.isFailure(parsed)) return yield* refused(parsed.failure)
    const { jws, claims } = parsed.success
    const nonce = expected.nonce && Redacted.value(expected.nonce)
    const problem =
      checkType(jws.header.typ, claims, profile) ??
      checkClaims(claims, expectations, now) ??
      checkHeader(jws.header, expected.supported) ??
      checkIdTokenClaims(claims, { ...expected, nonce, clientId, tolerance }, now)
    if (problem !== undefined) return yield* refused(problem)
    yield* checkHash(parsed.success, "at_hash", { ...expected, value: expected.accessToken })
    yield* checkHash(parsed.success, "c_hash", { ...expected, value: expected.code })
    return parsed.success
  })
}

const checkHeader = (
  { alg, typ }: UncheckedClaims["jws"]["header"],
  supported: ReadonlyArray<string> | undefined,
): TokenReason | undefined => {
  if (typ === "at+jwt") return { _tag: "TypeNotAllowed", type: typ }
  if (supported === undefined || supported.map(canonical).includes(canonical(alg))) return undefined
  return { _tag: "AlgorithmNotAllowed", algorithm: alg, allowed: supported }
}

const checkHash = Effect.fnUntraced(function* (
  { jws, claims }: UncheckedClaims,
  claim: "at_hash" | "c_hash",
  { value, hashes }: Pick<ExpectedIdToken, "hashes"> & { readonly value: Redacted.Redacted<string> | undefined },
) {
  if (value === undefined) return
  const has = Object.hasOwn(claims, claim)
  if (!has && hashes === "if present") return
  const belongs = has && claims[claim] === (yield* tokenHash(Redacted.value(value), jws.header.alg))
  const actual = has ? "that of another" : undefined
  if (!belongs) yield* refused(claimMismatch(claim, "the hash of what came with the ID token", actual))
})

const refused = (reason: TokenReason) => Effect.fail({ reason })
