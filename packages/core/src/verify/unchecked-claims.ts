import * as Result from "effect/Result"
import { claimMismatch, type TokenReason } from "../errors/token-refusal.ts"
import { canonical } from "../jws/algorithm.ts"
import { type CompactJws, makeCompactParser } from "../jws/compact.ts"
import { parseStrictObject } from "../jws/strict-json.ts"
import { type Claims, parseClaims } from "../model/claims.ts"
import type { Invalid } from "../model/invalid.ts"
import { printable } from "../model/printable.ts"

/** A parsed JWT of an allowed algorithm; its claims and signature are unchecked. */
export interface UncheckedClaims {
  readonly jws: CompactJws
  readonly claims: Claims
}

export type ParseUncheckedClaims = (token: string) => Result.Result<UncheckedClaims, TokenReason>

export const makeUncheckedClaimsParser = (algorithms: ReadonlyArray<string>): ParseUncheckedClaims => {
  const parseCompact = makeCompactParser()
  const allowed: ReadonlySet<string> = new Set(algorithms)
  return (token) => {
    const parsed = parseCompact(token)
    if (Result.isFailure(parsed)) return malformed(parsed.failure)
    const jws = parsed.success
    const { alg } = jws.header
    if (!allowed.has(canonical(alg))) {
      return Result.fail({ _tag: "AlgorithmNotAllowed", algorithm: printable(alg, 50), allowed: algorithms })
    }
    const json = parseStrictObject(jws.payload)
    if (Result.isFailure(json)) return malformed(`has a payload that ${json.failure}`)
    const claims = parseClaims(json.success)
    return Result.isFailure(claims)
      ? Result.fail(wrongClaim(claims.failure))
      : Result.succeed({ jws, claims: claims.success })
  }
}

const malformed = (problem: string): Result.Result<never, TokenReason> =>
  Result.fail({ _tag: "MalformedToken", problem })

const wrongClaim = ({ field, problem }: Invalid): TokenReason =>
  claimMismatch(field, problem.replace(/^is not /, ""), "something else")
