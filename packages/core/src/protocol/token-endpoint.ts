import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { AcquireError } from "../errors/acquire-error.ts"
import { type Http, jsonOf } from "../http/client.ts"
import { ServerTime } from "../http/learned-clock.ts"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "./client.ts"
import { asAcquire, type ClientRequest, type Params, refusal, requestAsClient } from "./client-request.ts"
import type { Discovery } from "./discovery.ts"
import { definedParams } from "./defined-params.ts"
import { parseTokenResponse, tokenOf } from "./token-response.ts"

/** The parameters of the grant, including `grant_type`, and its mapping of refusals. */
export interface TokenRequest extends Omit<ClientRequest, "endpoint"> {
  /** What becomes of the refresh token of an answer of which nothing else can be used. */
  readonly rescue?: Rescue | undefined
}

/** What is done with such a refresh token. */
export type Rescue = (
  client: Client,
  refreshToken: Redacted.Redacted<string>,
) => Effect.Effect<unknown, AcquireError, Discovery | Http>

/** Asks the token endpoint for a token set: one request, authenticated as the client (RFC 6749 §3.2, §5). */
export const requestTokenSet: (
  client: Client,
  target: Target,
  request: TokenRequest,
) => Effect.Effect<TokenSet, AcquireError, Http | Discovery> = Effect.fnUntraced(function* (client, target, request) {
  const heard = (yield* ServerTime)()
  const params = [...request.params, ...targetParams(target)]
  const answer = yield* requestAsClient(client, { ...request, endpoint: "tokenEndpoint", params })
  const json = yield* Effect.mapError(jsonOf(answer), asAcquire)
  // GitHub refuses with 200
  if (json["error"]) return yield* refusal(answer, request)
  // a page may not read the `Date` header of another origin
  if (!answer.headers.has("date") && !isRefresh(request.params)) hearIssuedAt(json["id_token"], heard)
  const receivedAt = yield* Clock.currentTimeMillis
  const { url } = answer
  const parsed = parseTokenResponse(json, { url, receivedAt, scopes: target.scopes })
  return yield* Effect.tapError(
    Effect.flatMap(parsed, (set) => bound(client, set, url)),
    () =>
      Effect.flatMap(
        tokenOf(json, "refresh_token", url),
        (next) => (next && request.rescue?.(client, next)) || Effect.void,
      ),
  )
})

/** RFC 9449 §5: an unbound token is discarded unless the client allows it. */
const bound = ({ dpop }: Client, set: TokenSet, url: string): Effect.Effect<TokenSet, AcquireError> => {
  const { tokenType } = set
  const fits = tokenType === "DPoP" ? dpop !== undefined : tokenType === "N_A" || dpop?.allowsBearer !== false
  if (fits) return Effect.succeed(set)
  return Effect.fail(new AcquireError({ reason: { _tag: "TokenTypeMismatch", url, tokenType } }))
}

/** Some servers return the ID token of the login again (against OpenID Connect Core §12.2). */
const isRefresh = (params: Params): boolean => params.some(([, value]) => value === "refresh_token")

/** Any other ID token from here has just been issued. */
const hearIssuedAt = (idToken: unknown, heard: (serverTime: number) => void): void => {
  const claims = typeof idToken === "string" ? unverifiedClaims(idToken) : undefined
  if (claims === undefined || Result.isFailure(claims) || claims.success.iat === undefined) return
  heard(claims.success.iat * 1000)
}

/** The target as request parameters: `audience`, used by several servers, and `resource` (RFC 8707). */
export const targetParams = (target: Target): Params => [
  ...target.audiences.map((value) => ["audience", value] as const),
  ...target.resources.map((value) => ["resource", value] as const),
  ...definedParams({ scope: target.scopes.join(" ") || undefined, organization: target.organization }),
]
