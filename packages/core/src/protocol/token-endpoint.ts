import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import { type Http, jsonOf } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "./client.ts"
import { asAcquire, type ClientRequest, type Params, requestAsClient } from "./client-request.ts"
import type { Discovery } from "./discovery.ts"
import { parseTokenResponse } from "./token-response.ts"

/** The grant's own parameters, `grant_type` among them, and what it knows of refusals. */
export type TokenRequest = Omit<ClientRequest, "endpoint">

/** Asks the token endpoint for a token set: one request, authenticated as the client (RFC 6749 §3.2, §5). */
export const requestTokenSet: (
  client: Client,
  target: Target,
  request: TokenRequest,
) => Effect.Effect<TokenSet, AcquireError, Http | Discovery> = Effect.fnUntraced(function* (client, target, request) {
  const params = [...request.params, ...targetParams(target)]
  const answer = yield* requestAsClient(client, { ...request, endpoint: "tokenEndpoint", params })
  const json = yield* Effect.mapError(jsonOf(answer), asAcquire)
  return yield* parseTokenResponse(json, { url: answer.url, receivedAt: answer.receivedAt, scopes: target.scopes })
})

/** The target as request parameters: `audience` as several servers have it, `resource` by RFC 8707. */
export const targetParams = (target: Target): Params => [
  ...target.audiences.map((value) => ["audience", value] as const),
  ...target.resources.map((value) => ["resource", value] as const),
  ...(target.scopes.length > 0 ? [["scope", target.scopes.join(" ")] as const] : []),
  ...(target.organization === undefined ? [] : [["organization", target.organization] as const]),
]
