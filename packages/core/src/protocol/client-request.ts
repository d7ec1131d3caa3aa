import * as Effect from "effect/Effect"
import { AcquireError } from "../errors/acquire-error.ts"
import { type Answer, Http } from "../http/client.ts"
import type { Client } from "./client.ts"
import { type Discovery, type Endpoint, requireEndpoint } from "./discovery.ts"
import { type Classify, rejection } from "./rejection.ts"

export type Params = ReadonlyArray<readonly [name: string, value: string]>

export interface ClientRequest {
  readonly endpoint: Endpoint
  readonly params: Params
  /** Whether the request carries something signed with a time in it, so that a wrong clock may be why it is refused. */
  readonly signed?: boolean
  /** What this request makes of a refusal, where it knows more than RFC 6749 §5.2. */
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
  const signed = request.signed === true || params.some(([name]) => name === "client_assertion")
  return yield* rejection(answer, { params, headers: credentials.headers, signed, classify: request.classify })
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

/** An error of an earlier stage as this stage's. */
export const asAcquire = ({ reason }: Pick<AcquireError, "reason">): AcquireError => new AcquireError({ reason })
