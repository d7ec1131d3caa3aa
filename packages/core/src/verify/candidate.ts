import * as Result from "effect/Result"
import type { VerifyReason } from "../errors/verify-error.ts"
import type { CompactJws } from "../jws/compact.ts"
import { remembered } from "../jws/remembered.ts"
import { type Claims, clientOf, scopesOf, splitScopes } from "../model/claims.ts"
import type { Actor, Principal } from "../model/principal.ts"
import { parseActors } from "./actors.ts"
import { checkClaims, checkType } from "./check-claims.ts"
import { makeUncheckedClaimsParser } from "./unchecked-claims.ts"
import type { VerifierPlan } from "./verifier-options.ts"

/** A token that passes every check but its signature, which is unchecked. */
export interface Candidate {
  readonly jws: CompactJws
  readonly principal: Principal
}

/** @param now epoch seconds */
export type ParseCandidate = (token: string, now: number) => Result.Result<Candidate, VerifyReason>

/** Runs all checks that need no key, so that no key is fetched for a token that fails anyway. */
export const makeCandidateParser = ({ algorithms, expectations }: VerifierPlan): ParseCandidate => {
  const parse = makeUncheckedClaimsParser(algorithms)
  const split = remembered(
    (scope) => Object.freeze(splitScopes(scope)),
    () => true,
  )
  return (token, now) => {
    const parsed = parse(token)
    if (Result.isFailure(parsed)) return Result.fail(parsed.failure)
    const { jws, claims } = parsed.success
    const problem = checkType(jws.header.typ, claims, expectations.profile) ?? checkClaims(claims, expectations, now)
    if (problem !== undefined) return Result.fail(problem)
    const actors = parseActors(claims)
    if (Result.isFailure(actors)) return Result.fail(actors.failure)
    return Result.succeed({ jws, principal: principalOf(claims, scopesOf(claims, split), actors.success) })
  }
}

const principalOf = (claims: Claims, scopes: ReadonlyArray<string>, actors: ReadonlyArray<Actor>): Principal => ({
  issuer: claims.iss ?? "",
  subject: claims.sub ?? "",
  clientId: clientOf(claims),
  scopes,
  actors,
  expiresAt: (claims.exp ?? 0) * 1000,
  claims,
})
