import type { SenderMismatch } from "../errors/verify-error.ts"
import type { Claims } from "../model/claims.ts"
import { isJsonObject } from "../model/json.ts"

/**
 * Why a bearer token must not be taken from whoever sends it, if so: it is bound to a key or to a certificate. Other ways
 * to bind are not known here and do not count.
 *
 * @see RFC 7800 §3.1, RFC 8705 §3.1, RFC 9449 §7.2
 */
export const checkBearer = (claims: Claims): SenderMismatch | undefined => {
  if (!Object.hasOwn(claims, "cnf")) return undefined
  const { cnf } = claims
  if (!isJsonObject(cnf)) return mismatch("has a claim cnf that is not an object")
  if (Object.hasOwn(cnf, "jkt")) return mismatch("is bound to a key (DPoP) and came without its proof")
  if (Object.hasOwn(cnf, "x5t#S256")) return mismatch("is bound to a client certificate, which nobody checks here")
  return undefined
}

const mismatch = (problem: string): SenderMismatch => ({ _tag: "SenderMismatch", problem })
