import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AcquireError } from "../errors/acquire-error.ts"
import { type Answer, type Http, jsonOf } from "../http/client.ts"
import { type Claims, parseClaims } from "../model/claims.ts"
import type { Client } from "./client.ts"
import type { Secret } from "./secret.ts"
import { requestAsClient, asAcquire } from "./client-request.ts"
import type { Discovery } from "./discovery.ts"
import { malformedAnswer } from "./malformed.ts"
import { type TokenHint, tokenParams } from "./token-hint.ts"

/** The issuer's answer about a token; nothing more is known of one that is not active. */
export type Introspection = { readonly active: false } | { readonly active: true; readonly claims: Claims }

/**
 * Asks the issuer whether a token is active, and for its claims.
 *
 * @see RFC 7662 §2
 */
export const introspect: (
  client: Client,
  token: Secret,
  hint?: TokenHint,
) => Effect.Effect<Introspection, AcquireError, Http | Discovery> = Effect.fnUntraced(function* (client, token, hint) {
  const text = typeof token === "string" ? token : Redacted.value(token)
  const params = tokenParams(text, hint)
  const answer = yield* requestAsClient(client, { endpoint: "introspectionEndpoint", params })
  return yield* introspectionOf(answer)
})

const introspectionOf = Effect.fnUntraced(function* (answer: Answer) {
  if (/^application\/token-introspection\+jwt\b/i.test(answer.headers.get("content-type") ?? "")) {
    return yield* malformedAnswer(answer, "it is a signed JWT (RFC 9701), which is not read here")
  }
  const json = yield* Effect.mapError(jsonOf(answer), asAcquire)
  const { active, ...members } = json
  if (!Object.hasOwn(json, "active") || typeof active !== "boolean") {
    return yield* malformedAnswer(answer, "the member active is not true or false (RFC 7662 §2.2)")
  }
  if (!active) return { active }
  const claims = parseClaims(members)
  if (Result.isSuccess(claims)) return { active, claims: claims.success }
  return yield* malformedAnswer(answer, `the member ${claims.failure.field} ${claims.failure.problem}`)
})
