import * as Effect from "effect/Effect"
import { AcquireError } from "../errors/acquire-error.ts"
import { type Http, jsonOf } from "../http/client.ts"
import { own } from "../model/json.ts"
import type { ServerMetadata } from "../model/metadata.ts"
import type { Client } from "./client.ts"
import type { Credentials } from "./client-auth.ts"
import { asAcquire, type Destination, type Params, postAsClient, refusal } from "./client-request.ts"
import { malformedAnswer } from "./malformed.ts"

/**
 * When the request is pushed to the issuer instead of sent through the browser. `auto`: if the issuer requires it, or
 * offers it and the client authenticates; a public client gains little by it, and few issuers accept it from a page.
 * `always`: fails if the issuer does not offer it. `demanded`: only if the issuer requires it.
 */
export type Pushed = "always" | "auto" | "demanded"

export interface PushedRequest {
  readonly client: Client
  readonly metadata: ServerMetadata
  /** The whole request without `client_id`. */
  readonly params: Params
  readonly pushed: Pushed
}

/**
 * The URL's parameters besides `client_id`: those of the request, or `request_uri` after a push.
 *
 * @see RFC 9126 §2, §4 and §5
 */
export const pushedParams: (request: PushedRequest) => Effect.Effect<Params, AcquireError, Http> = Effect.fnUntraced(
  function* ({ client, metadata, params, pushed }) {
    const { issuer, clientId, clientAuth } = client
    const endpoint = metadata.pushedAuthorizationRequestEndpoint
    const demanded = metadata.requirePushedAuthorizationRequests === true
    if (!demanded && (pushed === "demanded" || (pushed === "auto" && endpoint === undefined))) return params
    if (endpoint === undefined) {
      return yield* new AcquireError({ reason: { _tag: "Unsupported", issuer, feature } })
    }
    const tokenEndpoint = metadata.tokenEndpoint ?? endpoint
    if (!demanded && pushed === "auto") {
      const credentials = yield* clientAuth({ issuer, clientId, tokenEndpoint })
      if (isPublic(credentials)) return params
    }
    return [["request_uri", yield* push(client, { url: endpoint, tokenEndpoint }, params)]]
  },
)

const feature = "pushedAuthorizationRequestEndpoint"

const isPublic = ({ headers, params }: Credentials): boolean =>
  Object.keys(headers).length === 0 && params.every(([name]) => name === "client_id")

const push = Effect.fnUntraced(function* (client: Client, destination: Destination, request: Params) {
  // RFC 9126 §2.1: client_id is a parameter of the request, however the client authenticates.
  const params: Params = [...request, ["client_id", client.clientId]]
  const answer = yield* postAsClient(client, destination, Effect.succeed(params))
  if (answer.status !== 201 && answer.status !== 200) return yield* refusal(answer)
  const json = yield* Effect.mapError(jsonOf(answer), asAcquire)
  const uri = own(json, "request_uri")
  if (typeof uri === "string" && /^[\x21-\x7e]{1,2048}$/.test(uri)) return uri
  return yield* malformedAnswer(answer, "the member request_uri is missing or not a URI")
})
