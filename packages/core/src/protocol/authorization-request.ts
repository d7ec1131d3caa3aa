import * as Effect from "effect/Effect"
import { AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { ServerMetadata } from "../model/metadata.ts"
import type { ResponseMode } from "./callback.ts"
import type { Client } from "./client.ts"
import { Discovery } from "./discovery.ts"
import { browserEndpoint } from "./browser-endpoint.ts"
import { type Pushed, pushedParams } from "./pushed-authorization-request.ts"
import { asAcquire, type Params } from "./client-request.ts"

/** OAuth 2.0 Multiple Response Type Encoding §3, §5; the implicit types only for legacy issuers. */
export type ResponseType = "code" | "id_token" | "id_token token"

export interface AuthorizationRequest {
  readonly responseType: ResponseType
  readonly responseMode: ResponseMode
  readonly redirectUri: string
  /** All other parameters. */
  readonly params: Params
  /** @default auto */
  readonly pushed?: Pushed | undefined
}

/**
 * The URL to send a person to. If the request is pushed, the URL holds only a reference to it, which soon expires.
 *
 * @see RFC 6749 §3.1, OpenID Connect Core §3.1.2.1, RFC 9126 §4
 */
export const authorizationUrl: (
  client: Client,
  request: AuthorizationRequest,
) => Effect.Effect<string, AcquireError, Discovery | Http> = Effect.fnUntraced(function* (client, request) {
  const discovery = yield* Discovery
  const metadata = yield* Effect.mapError(discovery.metadata(client.issuer), asAcquire)
  const feature = missingFeature(metadata, request)
  if (feature !== undefined) {
    return yield* new AcquireError({ reason: { _tag: "Unsupported", issuer: client.issuer, feature } })
  }
  const { issuer, authorizationEndpoint = "" } = metadata
  const url = yield* browserEndpoint("authorizationEndpoint", authorizationEndpoint, issuer)
  yield* checkRedirectUri(request.redirectUri)
  const params = yield* pushedParams({ client, metadata, params: paramsOf(request), pushed: request.pushed ?? "auto" })
  for (const [name, value] of [["client_id", client.clientId] as const, ...params]) url.searchParams.append(name, value)
  return url.href
})

const paramsOf = ({ responseType, responseMode, redirectUri, params }: AuthorizationRequest): Params => [
  ["response_type", responseType],
  ...(responseMode === defaultMode(responseType) ? [] : [["response_mode", responseMode] as const]),
  ["redirect_uri", redirectUri],
  ...params,
]

const defaultMode = (type: ResponseType): ResponseMode => (type === "code" ? "query" : "fragment")

/** What the metadata rules out; an absent list rules out nothing. */
const missingFeature = (metadata: ServerMetadata, request: AuthorizationRequest): string | undefined => {
  const { responseTypesSupported, responseModesSupported, codeChallengeMethodsSupported } = metadata
  if (metadata.authorizationEndpoint === undefined) return "authorizationEndpoint"
  const types = responseTypesSupported?.map(sortedWords)
  if (types?.includes(sortedWords(request.responseType)) === false) return `the response type ${request.responseType}`
  if (request.responseMode !== defaultMode(request.responseType)) {
    const mode = `the response mode ${request.responseMode}`
    if (responseModesSupported?.includes(request.responseMode) === false) return mode
  }
  return request.responseType === "code" && codeChallengeMethodsSupported?.includes("S256") === false
    ? "PKCE with S256"
    : undefined
}

const sortedWords = (text: string): string => text.split(" ").sort().join(" ")

/** RFC 6749 §3.1.2 */
const checkRedirectUri = (uri: string): Effect.Effect<void, AcquireError> => {
  const usable = URL.canParse(uri) && !uri.includes("#") && !/^(?:about|blob|data|file|javascript|vbscript):/i.test(uri)
  return usable
    ? Effect.void
    : Effect.fail(invalidOptions("redirectUri", "must be an absolute URI without fragment (RFC 6749 §3.1.2)"))
}
