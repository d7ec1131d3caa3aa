import * as Result from "effect/Result"
import type { VerifyReason } from "../errors/verify-error.ts"
import { canonical } from "../jws/algorithm.ts"
import { type CompactJws, makeCompactParser } from "../jws/compact.ts"
import { remembered } from "../jws/remembered.ts"
import { parseStrictObject } from "../jws/strict-json.ts"
import { type Claims, parseClaims, scopesOf } from "../model/claims.ts"
import type { Invalid } from "../model/invalid.ts"
import type { Actor, Principal } from "../model/principal.ts"
import { printable } from "../model/printable.ts"
import { parseActors } from "./actors.ts"
import { checkClaims, checkType } from "./check-claims.ts"
import type { VerifierPlan } from "./verifier-options.ts"

/** A token that is right in everything but its signature, which nobody has checked. */
export interface Candidate {
  readonly jws: CompactJws
  readonly principal: Principal
}

/** @param now epoch seconds */
export type ParseCandidate = (token: string, now: number) => Result.Result<Candidate, VerifyReason>

/** All that can be told of a token without its key, so that no key is fetched for one that fails anyway. */
export const makeCandidateParser = ({ algorithms, expectations }: VerifierPlan): ParseCandidate => {
  const parseCompact = makeCompactParser()
  const scopesIn = remembered(
    (scope) => Object.freeze(scopesOf({ scope })),
    () => true,
  )
  const allowed: ReadonlySet<string> = new Set(algorithms)
  return (token, now) => {
    const parsed = parseCompact(token)
    if (Result.isFailure(parsed)) return malformed(parsed.failure)
    const jws = parsed.success
    const { alg, typ } = jws.header
    if (!allowed.has(canonical(alg))) {
      return Result.fail({ _tag: "AlgorithmNotAllowed", algorithm: printable(alg, 50), allowed: algorithms })
    }
    const json = parseStrictObject(jws.payload)
    if (Result.isFailure(json)) return malformed(`has a payload that ${json.failure}`)
    const claims = parseClaims(json.success)
    if (Result.isFailure(claims)) return Result.fail(wrongClaim(claims.failure))
    const problem =
      checkType(typ, claims.success, expectations.profile) ?? checkClaims(claims.success, expectations, now)
    if (problem !== undefined) return Result.fail(problem)
    const actors = parseActors(claims.success)
    if (Result.isFailure(actors)) return Result.fail(actors.failure)
    return Result.succeed({
      jws,
      principal: principalOf(claims.success, scopesIn(claims.success.scope ?? ""), actors.success),
    })
  }
}

const principalOf = (claims: Claims, scopes: ReadonlyArray<string>, actors: ReadonlyArray<Actor>): Principal => ({
  issuer: claims.iss ?? "",
  subject: claims.sub ?? "",
  clientId: claims.client_id,
  scopes,
  actors,
  expiresAt: (claims.exp ?? 0) * 1000,
  claims,
})

const malformed = (problem: string): Result.Result<never, VerifyReason> =>
  Result.fail({ _tag: "MalformedToken", problem })

const wrongClaim = ({ field, problem }: Invalid): VerifyReason => ({
  _tag: "ClaimMismatch",
  claim: field,
  expected: problem.replace(/^is not /, ""),
  actual: "something else",
})
