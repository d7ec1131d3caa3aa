import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Answer, Http } from "../http/client.ts"
import type { Client } from "./client.ts"
import { type Discovery, type Endpoint, requireEndpoint } from "./discovery.ts"
import { type Classify, rejection } from "./rejection.ts"
import { asAcquire, type Params, post } from "./token-endpoint.ts"

export interface ClientRequest {
  readonly endpoint: Endpoint
  readonly params: Params
  readonly classify?: Classify
}

/** Posts a form to an endpoint of the issuer, authenticated as the client; anything but 200 is a refusal. */
export const requestAsClient: (
  client: Client,
  request: ClientRequest,
) => Effect.Effect<Answer, AcquireError, Http | Discovery> = Effect.fnUntraced(function* (client, request) {
  const { issuer, clientId } = client
  const url = yield* Effect.mapError(requireEndpoint(issuer, request.endpoint), asAcquire)
  const credentials = yield* client.clientAuth({ issuer, clientId, tokenEndpoint: url })
  const params = [...request.params, ...credentials.params]
  const answer = yield* post(url, credentials.headers, params)
  if (answer.status === 200) return answer
  const signed = params.some(([name]) => name === "client_assertion")
  return yield* rejection(answer, { params, headers: credentials.headers, signed, classify: request.classify })
})
