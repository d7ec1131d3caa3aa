import * as Result from "effect/Result"
import type { ClaimMismatch } from "../errors/token-refusal.ts"
import type { Claims } from "../model/claims.ts"
import { isJsonObject } from "../model/json.ts"
import type { Actor } from "../model/principal.ts"

/**
 * Who acts for the subject: the current actor first, then those before it, at most ten.
 *
 * @see RFC 8693 §4.1
 */
export const parseActors = (claims: Claims): Result.Result<ReadonlyArray<Actor>, ClaimMismatch> => {
  if (!Object.hasOwn(claims, "act")) return nobody
  const actors: Array<Actor> = []
  for (let act: unknown = claims.act; act !== undefined; act = Object.hasOwn(act, "act") ? act.act : undefined) {
    if (!isActor(act)) return malformed("an object with sub and, if at all, iss as strings")
    if (actors.length === maxActors) return malformed(`at most ${maxActors} actors`)
    actors.push({ subject: act.sub, issuer: act.iss })
  }
  return Result.succeed(actors)
}

interface ActClaim {
  readonly sub: string
  readonly iss: string | undefined
  readonly act: unknown
}

const maxActors = 10

const nobody = /*#__PURE__*/ Result.succeed<ReadonlyArray<Actor>>([])

const isActor = (act: unknown): act is ActClaim =>
  isJsonObject(act) &&
  Object.hasOwn(act, "sub") &&
  typeof act["sub"] === "string" &&
  (!Object.hasOwn(act, "iss") || typeof act["iss"] === "string")

const malformed = (expected: string): Result.Result<never, ClaimMismatch> =>
  Result.fail({ _tag: "ClaimMismatch", claim: "act", expected, actual: "something else" })
