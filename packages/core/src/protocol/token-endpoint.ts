import * as Effect from "effect/Effect"
import { AcquireError } from "../errors/acquire-error.ts"
import { Http, jsonOf } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "./client.ts"
import { Discovery, requireEndpoint } from "./discovery.ts"
import { type Classify, rejection } from "./rejection.ts"
import { parseTokenResponse } from "./token-response.ts"

export type Params = ReadonlyArray<readonly [name: string, value: string]>

export interface TokenRequest {
  /** The grant's own parameters, `grant_type` among them. */
  readonly params: Params
  /** Whether the request carries something signed with a time in it, so that a wrong clock may be why it is refused. */
  readonly signed?: boolean
  /** What this grant makes of a refusal, where it knows more than RFC 6749 §5.2. */
  readonly classify?: Classify
}

/** Asks the token endpoint for a token set: one request, authenticated as the client (RFC 6749 §3.2, §5). */
export const requestTokenSet: (
  client: Client,
  target: Target,
  request: TokenRequest,
) => Effect.Effect<TokenSet, AcquireError, Http | Discovery> = Effect.fnUntraced(function* (client, target, request) {
  const endpoint = yield* Effect.mapError(requireEndpoint(client.issuer, "tokenEndpoint"), asAcquire)
  const { issuer, clientId } = client
  const credentials = yield* client.clientAuth({ issuer, clientId, tokenEndpoint: endpoint })
  const params = [...request.params, ...targetParams(target), ...credentials.params]
  const answer = yield* post(endpoint, credentials.headers, params)
  if (answer.status !== 200) {
    const signed = request.signed === true || params.some(([name]) => name === "client_assertion")
    return yield* rejection(answer, { params, headers: credentials.headers, signed, classify: request.classify })
  }
  const json = yield* Effect.mapError(jsonOf(answer), asAcquire)
  return yield* parseTokenResponse(json, { url: answer.url, receivedAt: answer.receivedAt, scopes: target.scopes })
})

/** Sends a form and gives whatever answer comes. */
export const post = Effect.fnUntraced(function* (
  url: string,
  headers: Readonly<Record<string, string>>,
  params: Params,
) {
  const http = yield* Http
  const init = {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(params.map(([name, value]) => [name, value])).toString(),
  }
  return yield* Effect.mapError(http.ask(url, init), asAcquire)
})

/** The target as request parameters: `audience` as several servers have it, `resource` by RFC 8707. */
export const targetParams = (target: Target): Params => [
  ...target.audiences.map((value) => ["audience", value] as const),
  ...target.resources.map((value) => ["resource", value] as const),
  ...(target.scopes.length > 0 ? [["scope", target.scopes.join(" ")] as const] : []),
  ...(target.organization === undefined ? [] : [["organization", target.organization] as const]),
]

/** An error of an earlier stage as this stage's. */
export const asAcquire = ({ reason }: Pick<AcquireError, "reason">): AcquireError => new AcquireError({ reason })
