import * as Result from "effect/Result"
import { type Claims, parseClaims } from "../model/claims.ts"
import { makeCompactParser } from "./compact.ts"
import { parseStrictObject } from "./strict-json.ts"

/**
 * The claims of a JWT, its signature unchecked: for a token straight from the issuer (OpenID Connect Core §3.1.3.7 item
 * 6), or for a harmless hint. A failure completes "The token …".
 */
export const unverifiedClaims = (token: string): Result.Result<Claims, string> =>
  Result.flatMap(makeCompactParser()(token), (jws) =>
    Result.flatMap(
      Result.mapError(parseStrictObject(jws.payload), (problem) => `has a payload that ${problem}`),
      (payload) =>
        Result.mapError(parseClaims(payload), ({ field, problem }) => `has a claim ${field} that ${problem}`),
    ),
  )
