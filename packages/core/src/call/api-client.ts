import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { AcquireError } from "../errors/acquire-error.ts"
import { CallError, type CallReason } from "../errors/call-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import { Http } from "../http/client.ts"
import { withoutQuery } from "../http/url.ts"
import type { TargetInput } from "../model/target.ts"
import { authorizationHeader, type Token } from "../model/token-set.ts"
import { TokenProvider } from "../provide/token-provider.ts"
import { Telemetry } from "../telemetry/telemetry.ts"
import { isAboutToken } from "./challenge.ts"

/** The APIs that tokens may be sent to: an exact origin, such as `https://api.example.com`, and what its tokens are for. */
export type Apis = Readonly<Record<string, TargetInput>>

/**
 * Calls APIs with `Authorization: Bearer` (RFC 6750 §2.1), or with `DPoP` and a proof where the token is bound
 * (RFC 9449 §7.1): only listed origins, and once more with a new token on 401.
 */
export class ApiClient
  extends /*#__PURE__*/ Context.Service<
    ApiClient,
    {
      /** Any answer of the API is a success, whatever its status. */
      readonly fetch: (
        url: string | URL,
        init?: RequestInit,
      ) => Effect.Effect<Response, AcquireError | CallError | StoreError>
    }
  >()("@bearerkit/core/ApiClient")
{
  static readonly layer = (apis: Apis): Layer.Layer<ApiClient, CallError, Http | TokenProvider> =>
    /*#__PURE__*/ Layer.effect(ApiClient, makeApiClient(apis))
}

const makeApiClient = Effect.fnUntraced(function* (apis: Apis) {
  const http = yield* Http
  const provider = yield* TokenProvider
  const telemetry = yield* Telemetry
  const targets = yield* targetsByOrigin(apis)

  const proofFor = Effect.fnUntraced(function* (url: URL, init: RequestInit, token: Token) {
    if (token.type !== "DPoP") return undefined
    if (provider.dpop === undefined) {
      return yield* failed({
        _tag: "InvalidOptions",
        field: "dpop",
        problem: "is missing: the token is bound to a key",
      })
    }
    const request = { method: methodOf(init), url: url.href, accessToken: token.value }
    return yield* Effect.mapError(provider.dpop.proof(request), asCall)
  })

  const attempt = Effect.fnUntraced(function* (url: URL, init: RequestInit, token: Token) {
    const headers = new Headers(init.headers)
    headers.set("authorization", authorizationHeader(token))
    const proof = yield* proofFor(url, init, token)
    if (proof !== undefined) headers.set("dpop", proof)
    const redirect = init.redirect ?? "manual"
    const answer = Effect.mapError(http.call(url.href, { ...init, headers, redirect }), asCall)
    const response = yield* telemetry.span(answer, {
      name: "api.call",
      attributes: { method: init.method ?? "GET", origin: url.origin },
      outcome: ({ status }) => ({ status }),
    })
    if (redirect === "manual" && isRedirect(response)) {
      yield* discard(response)
      return yield* failed({ _tag: "RedirectRefused", url: withoutQuery(url.href) })
    }
    // where a redirect was followed the answer is somebody else's
    const demanded = !response.redirected && provider.dpop?.learn(url.href, response) === true
    return { response, again: demanded && proof !== undefined }
  })

  /** The resend with the API's nonce is not the one with a new token. */
  const send = Effect.fnUntraced(function* (url: URL, init: RequestInit, token: Token) {
    const { response, again } = yield* attempt(url, init, token)
    if (!again || !isReplayable(init.body)) return response
    yield* discard(response)
    telemetry.count("dpop_nonce_retry", { origin: url.origin })
    return (yield* attempt(url, init, token)).response
  })

  return {
    fetch: Effect.fnUntraced(function* (input: string | URL, init: RequestInit = {}) {
      const url = yield* parsed(input)
      const target = targets.get(url.origin)
      if (target === undefined) {
        return yield* failed({ _tag: "OriginNotAllowed", origin: url.origin, allowed: [...targets.keys()] })
      }
      if (new Headers(init.headers).has("authorization")) {
        return yield* failed({
          _tag: "InvalidOptions",
          field: "headers.authorization",
          problem: "is set by the client",
        })
      }
      const token = yield* provider.token(target)
      const response = yield* send(url, init, token)
      if (response.status !== 401 || !isReplayable(init.body) || !isAboutToken(response.headers)) return response
      yield* discard(response)
      telemetry.count("api_retry", { origin: url.origin })
      return yield* send(url, init, yield* provider.renew(target, token))
    }),
  }
})

const targetsByOrigin = (apis: Apis): Effect.Effect<ReadonlyMap<string, TargetInput>, CallError> => {
  const wrong = Object.keys(apis).find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
  if (wrong === undefined) return Effect.succeed(new Map(Object.entries(apis)))
  return failed({
    _tag: "InvalidOptions",
    field: `apis["${wrong}"]`,
    problem: "is not an origin such as https://api.example.com",
  })
}

const parsed = (input: string | URL): Effect.Effect<URL, CallError> =>
  URL.canParse(input)
    ? Effect.succeed(new URL(input))
    : failed({ _tag: "InvalidOptions", field: "url", problem: "is not an absolute URL" })

/** As `fetch` sends it. */
const methodOf = ({ method = "GET" }: RequestInit): string =>
  /^(?:delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method

/** What is read while it is sent, such as a stream or an iterator, is gone afterwards. */
const isReplayable = (body: unknown): boolean =>
  body === undefined ||
  body === null ||
  typeof body === "string" ||
  ArrayBuffer.isView(body) ||
  [ArrayBuffer, Blob, FormData, URLSearchParams].some((type) => body instanceof type)

/** Browsers hide the status of a redirect that is not followed. */
const isRedirect = ({ type, status }: Response): boolean =>
  type === "opaqueredirect" || [301, 302, 303, 307, 308].includes(status)

/** Frees the connection of an answer that nobody will read. */
const discard = (response: Response): Effect.Effect<void> =>
  Effect.promise(async () => response.body?.cancel().catch(() => undefined))

const asCall = ({ reason }: { readonly reason: CallReason }): CallError => new CallError({ reason })

const failed = (reason: CallReason): Effect.Effect<never, CallError> => Effect.fail(new CallError({ reason }))
