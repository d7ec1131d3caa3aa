import * as Result from "effect/Result"
import { claimMismatch } from "../errors/token-refusal.ts"
import type { VerifyReason } from "../errors/verify-error.ts"
import type { Claims } from "../model/claims.ts"
import { confirmationOf } from "./confirmation.ts"

/**
 * Why an active token is not an access token; `undefined` if it may be one. Issuers may report refresh tokens and ID
 * tokens as active too; the standard has no member for the kind, but issuers use one of these.
 *
 * @see RFC 7662 §2.1 and §2.2, RFC 9449 §6.2
 */
export const checkKind = (claims: Claims): VerifyReason | undefined => {
  for (const [claim, other] of Object.entries(others)) {
    const kind = claims[claim]
    if (kind === undefined || kind === null) continue
    if (typeof kind !== "string" || other.test(kind)) return claimMismatch(claim, "an access token", shown(kind))
  }
  return /^dpop$/i.test(String(claims["token_type"])) && !isBoundToKey(claims)
    ? claimMismatch("cnf", "the key that a token of type DPoP is bound to")
    : undefined
}

const otherKinds = /refresh|offline|^id\b|id_token/i

const others: Readonly<Record<string, RegExp>> = { token_use: /^(?!access)/i, token_type: otherKinds, typ: otherKinds }

const shown = (kind: unknown): string => (typeof kind === "string" ? kind : "something else")

const isBoundToKey = (claims: Claims): boolean => {
  const confirmation = confirmationOf({ claims })
  return Result.isSuccess(confirmation) && confirmation.success.jkt !== undefined
}
