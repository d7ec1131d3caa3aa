import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import type * as HttpClientError from "effect/http/HttpClientError"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { HttpError } from "../errors/http-error.ts"
import { Http, type HttpOptions, makeHttp } from "../http/client.ts"
import { withoutQuery } from "../http/url.ts"

/**
 * The `Http` service over Effect's `HttpClient`, with the same rules as `httpLayer`: https, a timeout, bounded answers,
 * no redirects. Trace headers are not sent: they would link a server's requests to others, and cause a CORS preflight
 * in a browser. The client's own spans stay.
 *
 * Provide a plain client. One that retries (`HttpClient.retryTransient`) repeats requests that must be sent once, such
 * as one with an authorization code; one that follows redirects sends secrets elsewhere before the redirect can be
 * refused. To use a proxy with `FetchHttpClient` set its `Fetch`: `RequestInit` is set here for each request.
 *
 * Follows `effect` ~4.1: `effect/http` is unstable and may change in a minor version.
 *
 * @example clientHttp().pipe(Layer.provide(FetchHttpClient.layer))
 */
export const clientHttp = (options: Omit<HttpOptions, "fetch"> = {}): Layer.Layer<Http, never, HttpClient.HttpClient> =>
  Layer.effect(
    Http,
    Effect.map(HttpClient.HttpClient, (client) => {
      const http = Effect.map(Effect.context(), (context) =>
        makeHttp({ ...options, fetch: fetchOver(HttpClient.withScope(client), context) }),
      )
      return {
        ask: (url, init) => Effect.flatMap(http, ({ ask }) => ask(url, init)),
        call: (url, init) => Effect.flatMap(http, ({ call }) => call(url, init)),
      }
    }),
  )

type ScopedClient = HttpClient.HttpClient.With<HttpClientError.HttpClientError, Scope.Scope>

const fetchOver = (client: ScopedClient, context: Context.Context<never>): typeof fetch => {
  return async (input, init = {}) => {
    const web = new Request(input, init)
    const redirect = init.redirect ?? "manual"
    const scope = Scope.makeUnsafe()
    init.signal?.addEventListener("abort", () => Effect.runFork(Scope.close(scope, Exit.void)), { once: true })
    const services = context.pipe(
      Context.add(Scope.Scope, scope),
      Context.add(FetchHttpClient.RequestInit, { ...init, redirect, headers: {} }),
      Context.add(HttpClient.TracerPropagationEnabled, false),
    )
    const sent = Effect.catchReason(
      client.execute(await requestOf(web, init)),
      "HttpClientError",
      "StatusCodeError",
      ({ response }) => Effect.succeed(response),
    )
    const response = await Effect.runPromiseWith(services)(sent, init.signal ? { signal: init.signal } : {})
    if (redirect !== "follow") refuseOther(response, web.url)
    return responseOf(response, services)
  }
}

/** A buffered body is sent with its length: servers may refuse chunked bodies, and browsers do so over HTTP/1.1. */
const requestOf = async (web: Request, { body }: RequestInit): Promise<HttpClientRequest.HttpClientRequest> => {
  const request = HttpClientRequest.fromWeb(web)
  if (body === undefined || body === null || body instanceof ReadableStream) return request
  const bytes = new Uint8Array(await web.arrayBuffer())
  return HttpClientRequest.setBody(request, HttpBody.uint8Array(bytes, web.headers.get("content-type") ?? undefined))
}

const refuseOther = ({ url: final }: HttpClientResponse.HttpClientResponse, asked: string): void => {
  if (final === "" || withoutQuery(final) === withoutQuery(asked)) return
  const problem = "its client followed a redirect, which is not allowed"
  throw new HttpError({ reason: { _tag: "MalformedResponse", url: withoutQuery(asked), problem } })
}

/** The statuses for which `Response` accepts no body. */
const bodiless = (status: number): boolean => status === 204 || status === 205 || status === 304

const responseOf = (
  response: HttpClientResponse.HttpClientResponse,
  services: Context.Context<Scope.Scope>,
): Response => {
  const web = HttpClientResponse.toWeb(response)
  if (Option.isSome(web)) return web.value
  const { status, headers } = response
  const body = bodiless(status) ? null : Stream.toReadableStreamWith(response.stream, services)
  return new Response(body, { status, headers })
}
