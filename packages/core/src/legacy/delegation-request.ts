import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { jwtBearerGrant } from "../acquire/jwt-bearer.ts"
import type { SecurityToken } from "../acquire/security-token.ts"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { type Answer, type Http, jsonOf } from "../http/client.ts"
import type { JsonObject } from "../model/json.ts"
import type { Client } from "../protocol/client.ts"
import { type ExtraParams, extraParams } from "../protocol/extra-params.ts"
import { rejection } from "../protocol/rejection.ts"
import { asAcquire, type Params, post } from "../protocol/client-request.ts"
import { classifyDelegation } from "./delegation-refusal.ts"

/** The token to exchange: an ID token that was issued to this client, or a refresh token; never both. */
export type DelegationSource =
  | { readonly idToken: SecurityToken; readonly refreshToken?: never }
  | { readonly refreshToken: SecurityToken; readonly idToken?: never }

export interface DelegationRequest {
  readonly source: DelegationSource
  readonly target: string
  readonly apiType: string
  readonly scope: string
  readonly extra?: ExtraParams | undefined
}

export interface DelegationAnswer {
  readonly answer: Answer
  readonly json: JsonObject
}

/** Posts to `/delegation`. Client authentication is sent if the client has any; the old servers need only its id. */
export const postDelegation: (
  client: Client,
  request: DelegationRequest,
) => Effect.Effect<DelegationAnswer, AcquireError, Http> = Effect.fnUntraced(function* (client, request) {
  const source = yield* sourceParams(request.source)
  const extra = yield* extraParams(request.extra, ownNames)
  const { issuer, clientId } = client
  const url = `${issuer.replace(/\/$/, "")}/delegation`
  const { headers, params: own } = yield* client.clientAuth({ issuer, clientId, tokenEndpoint: url })
  const params: Params = [
    ["grant_type", jwtBearerGrant],
    ["client_id", clientId],
    ...own.filter(([name]) => name !== "client_id"),
    ...source,
    ["target", request.target],
    ["api_type", request.apiType],
    ["scope", request.scope],
    ...extra,
  ]
  const answer = yield* post(url, headers, params)
  if (answer.status === 200) return { answer, json: yield* Effect.mapError(jsonOf(answer), asAcquire) }
  return yield* rejection(answer, { params, headers, signed: false, classify: classifyDelegation })
})

/** The token that a request exchanges, and its parameter name. */
export const sourceOf = (source: DelegationSource): readonly [name: string, token: SecurityToken] | undefined => {
  const { idToken, refreshToken } = source
  if (idToken !== undefined && refreshToken === undefined) return ["id_token", idToken]
  return refreshToken !== undefined && idToken === undefined ? ["refresh_token", refreshToken] : undefined
}

const ownNames = ["api_type", "id_token", "refresh_token", "target"]

const sourceParams = (source: DelegationSource): Effect.Effect<Params, AcquireError> => {
  const found = sourceOf(source)
  if (found === undefined) {
    return Effect.fail(invalidOptions("source", "must have either idToken or refreshToken, and not both"))
  }
  const [name, token] = found
  return Effect.succeed([[name, Redacted.value(token.value)]])
}
