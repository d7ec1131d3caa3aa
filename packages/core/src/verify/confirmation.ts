import * as Result from "effect/Result"
import type { ClaimMismatch } from "../errors/token-refusal.ts"
import { isJsonObject } from "../model/json.ts"
import type { Principal } from "../model/principal.ts"

/** What a token is bound to, as far as BearerKit can check it. */
export interface Confirmation {
  /** The thumbprint of the key that a DPoP proof must be made with (RFC 9449 §6.1). */
  readonly jkt: string | undefined
}

/**
 * Parses the claim `cnf`, without unknown members. A token with any must not be accepted under the scheme `Bearer`, and
 * one with an invalid `cnf` not at all.
 *
 * @see RFC 7800 §3.1, RFC 9449 §6 and §7.2
 */
export const confirmationOf = ({ claims }: Pick<Principal, "claims">): Result.Result<Confirmation, ClaimMismatch> => {
  if (!Object.hasOwn(claims, "cnf")) return unbound
  const cnf = claims["cnf"]
  if (!isJsonObject(cnf)) return malformed("cnf", "a JSON object")
  if (!Object.hasOwn(cnf, "jkt")) return unbound
  const { jkt } = cnf
  if (typeof jkt !== "string" || !/^[\w-]{43}$/.test(jkt)) return malformed("cnf.jkt", "a SHA-256 thumbprint")
  return Result.succeed({ jkt })
}

const unbound = /*#__PURE__*/ Result.succeed<Confirmation>({ jkt: undefined })

const malformed = (claim: string, expected: string): Result.Result<never, ClaimMismatch> =>
  Result.fail({ _tag: "ClaimMismatch", claim, expected, actual: "something else" })
