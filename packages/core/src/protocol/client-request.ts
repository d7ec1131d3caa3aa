import * as Effect from "effect/Effect"
import { AcquireError } from "../errors/acquire-error.ts"
import { type Answer, Http } from "../http/client.ts"
import { lockHeld } from "../http/lock-held.ts"
import type { Client } from "./client.ts"
import { type Discovery, type Endpoint, requireEndpoint } from "./discovery.ts"
import { withProof } from "./dpop.ts"
import { type Classify, rejection } from "./rejection.ts"
import type { SentRequest } from "./request-secrets.ts"

export type Params = ReadonlyArray<readonly [name: string, value: string]>

export interface ClientRequest {
  readonly endpoint: Endpoint
  readonly params: Params
  /** Parameters evaluated each time the request is sent. */
  readonly fresh?: Effect.Effect<Params, AcquireError, Http>
  /** Whether the request carries a signed timestamp, so that a wrong clock may be the reason for a refusal. */
  readonly signed?: boolean
  /** Maps refusals that RFC 6749 §5.2 does not cover. */
  readonly classify?: Classify
}

/** Posts a form to an endpoint of the issuer, authenticated as the client; anything but 200 is a refusal. */
export const requestAsClient: (
  client: Client,
  request: ClientRequest,
) => Effect.Effect<AnswerToClient, AcquireError, Http | Discovery> = Effect.fnUntraced(function* (client, request) {
  const { endpoint, params, fresh, signed = false, classify } = request
  const url = yield* Effect.mapError(requireEndpoint(client.issuer, endpoint), asAcquire)
  const answer = yield* postAsClient(
    // RFC 9449 §5: only token requests carry a proof
    endpoint === "tokenEndpoint" ? client : { ...client, dpop: undefined },
    { url, tokenEndpoint: url },
    fresh === undefined ? Effect.succeed(params) : Effect.map(fresh, (more) => [...params, ...more]),
  )
  return answer.status === 200 ? answer : yield* refusal(answer, { signed, classify })
})

export interface Destination {
  readonly url: string
  /** For client authentication that refers to it. */
  readonly tokenEndpoint: string
}

/** A response with its request. */
export interface AnswerToClient extends Answer {
  readonly sent: SentRequest
}

/**
 * Sends a form with the client's credentials, and with a proof if the client has a DPoP key. Parameters, credentials
 * and proof are evaluated at each attempt.
 */
export const postAsClient = (
  client: Client,
  destination: Destination,
  form: Effect.Effect<Params, AcquireError, Http>,
): Effect.Effect<AnswerToClient, AcquireError, Http> => {
  const send = (proof: Headers) => sendForm({ client, destination, form }, proof)
  return Effect.mapError(withProof(client.dpop, { method: "POST", url: destination.url }, send), asAcquire)
}

type Headers = Readonly<Record<string, string>>

interface Form {
  readonly client: Client
  readonly destination: Destination
  readonly form: Effect.Effect<Params, AcquireError, Http>
}

const sendForm = /*#__PURE__*/ Effect.fnUntraced(function* ({ client, destination, form }: Form, proof: Headers) {
  const { issuer, clientId, clientAuth } = client
  const { url, tokenEndpoint } = destination
  const own = yield* form
  const credentials = yield* clientAuth({ issuer, clientId, tokenEndpoint })
  const params = [...own, ...credentials.params.filter(([name]) => !has(own, name))]
  // at the last moment: the steps before may take long, and most of these requests can be sent only once
  yield* Effect.mapError(yield* lockHeld, asAcquire)
  const answer = yield* post(url, { ...credentials.headers, ...proof }, params)
  return { ...answer, sent: { params, headers: credentials.headers } }
})

/** Makes a typed error of a response that is not a success. */
export const refusal = (
  answer: AnswerToClient,
  { signed, classify }: { readonly signed?: boolean; readonly classify?: Classify | undefined } = {},
): AcquireError =>
  rejection(answer, {
    ...answer.sent,
    signed: signed === true || has(answer.sent.params, "client_assertion"),
    classify,
  })

/** Sends a form and returns any response. */
export const post = (url: string, headers: Headers, params: Params): Effect.Effect<Answer, AcquireError, Http> => {
  const init = {
    method: "POST",
    headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(params.map(([name, value]) => [name, value])).toString(),
  }
  return Effect.mapError(
    Http.use((http) => http.ask(url, init)),
    asAcquire,
  )
}

/** Converts an error of an earlier stage into this stage's. */
export const asAcquire = ({ reason }: Pick<AcquireError, "reason">): AcquireError => new AcquireError({ reason })

const has = (params: Params, name: string): boolean => params.some(([own]) => own === name)
