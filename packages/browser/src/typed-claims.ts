import { BearerError, type Claims, type ClaimsSchema, explainToken, readClaims } from "@bearerkit/core"
import * as Result from "effect/Result"

/**
 * Parses the claims of an ID token with a Standard Schema. Throws a `BearerError` if they do not match, and a
 * `TypeError` if the schema is asynchronous.
 */
export const typedClaims = <C>(schema: ClaimsSchema<C>, claims: Claims): C => {
  const read = readClaims(schema, claims)
  if (!Result.isResult(read)) throw new TypeError("The schema of the claims must answer at once, not with a promise.")
  if (Result.isSuccess(read)) return read.success
  const { code, what, fix } = explainToken(read.failure)
  throw new BearerError(code, `${what} ${fix}`, { fix })
}
