import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { type Answer, Http, jsonOf } from "../http/client.ts"
import { type Claims, parseClaims } from "../model/claims.ts"
import type { TokenType } from "../model/token-set.ts"
import type { Client } from "./client.ts"
import { withProof } from "./dpop.ts"
import { type Secret, wrapped } from "./secret.ts"
import { type Discovery, requireEndpoint } from "./discovery.ts"
import { malformedAnswer } from "./malformed.ts"
import { insufficientScope, invalidToken } from "./rare-refusals.ts"
import { type Classify, rejection } from "./rejection.ts"
import { asAcquire } from "./client-request.ts"
import { tokenProblem } from "./token-text.ts"

/** Options of a request for a person's claims. */
export interface UserinfoOptions {
  /**
   * The `sub` of the ID token; an answer about another person is refused. Without it the answer must not be trusted.
   */
  readonly subject?: string | undefined
  /** The scheme to present the access token with. @default DPoP for a client with a key, else Bearer */
  readonly tokenType?: Exclude<TokenType, "N_A"> | undefined
}

/** Claims about a person; `sub` is always present. */
export interface Userinfo extends Claims {
  readonly sub: string
}

/**
 * Fetches the issuer's claims about the person of an access token.
 *
 * @see OpenID Connect Core §5.3
 */
export const userinfo: (
  client: Pick<Client, "dpop" | "issuer">,
  accessToken: Secret,
  options?: UserinfoOptions,
) => Effect.Effect<Userinfo, AcquireError, Http | Discovery> = Effect.fnUntraced(function* (
  { issuer, dpop },
  accessToken,
  { subject, tokenType = dpop === undefined ? "Bearer" : "DPoP" } = {},
) {
  const url = yield* Effect.mapError(requireEndpoint(issuer, "userinfoEndpoint"), asAcquire)
  const token = typeof accessToken === "string" ? accessToken : Redacted.value(accessToken)
  const problem = tokenProblem(token)
  if (problem !== undefined) return yield* invalidOptions("accessToken", problem)
  const headers = { accept: "application/json", authorization: `${tokenType} ${token}` }
  const http = yield* Http
  const key = tokenType === "DPoP" ? dpop : undefined
  const request = { method: "GET", url, accessToken: wrapped(accessToken) }
  const answer = yield* Effect.mapError(
    withProof(key, request, (proof) => http.ask(url, { headers: { ...headers, ...proof } })),
    asAcquire,
  )
  if (answer.status !== 200) {
    return yield* rejection(answer, { params: [["token", token]], signed: false, classify: classifyBearer })
  }
  const claims = yield* claimsOf(answer)
  if (subject === undefined || claims.sub === subject) return claims
  return yield* malformedAnswer(answer, "it is about another person than the ID token (OpenID Connect Core §5.3.2)")
})

/** A resource's refusal of an access token (RFC 6750 §3.1); the body may be empty. */
export const classifyBearer: Classify = ({ error }, status) => {
  if (error === "invalid_dpop_proof" || error === "use_dpop_nonce") return error
  if (status === 401 || error === "invalid_token") return invalidToken
  return status === 403 || error === "insufficient_scope" ? insufficientScope : undefined
}

const claimsOf = Effect.fnUntraced(function* (answer: Answer) {
  if (/^application\/jwt\b/i.test(answer.headers.get("content-type") ?? "")) {
    const problem = "it is a signed or encrypted JWT: register the client for plain JSON (userinfo_signed_response_alg)"
    return yield* malformedAnswer(answer, problem)
  }
  const claims = parseClaims(yield* Effect.mapError(jsonOf(answer), asAcquire))
  if (Result.isFailure(claims)) {
    return yield* malformedAnswer(answer, `the claim ${claims.failure.field} ${claims.failure.problem}`)
  }
  return isUserinfo(claims.success) ? claims.success : yield* malformedAnswer(answer, "the claim sub is missing")
})

const isUserinfo = (claims: Claims): claims is Userinfo => Object.hasOwn(claims, "sub") && claims.sub !== ""
