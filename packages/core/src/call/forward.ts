import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { CallError } from "../errors/call-error.ts"
import { readOrStream } from "../http/read-or-stream.ts"
import type { Http } from "../http/client.ts"
import type { Invalid } from "../model/invalid.ts"
import type { Token } from "../model/token-set.ts"
import type { ApiTokens } from "./api-client.ts"
import { type ForwardedHeaders, type ForwardedHeadersOptions, makeForwardedHeaders } from "./forwarded-headers.ts"
import { forwardedUrl, parseUpstream, type Upstream } from "./forwarded-path.ts"
import { Telemetry } from "../telemetry/telemetry.ts"
import { failed, makeSend } from "./send.ts"
import { renewingOnce } from "./unauthorized.ts"

/** Where a proxy forwards to, and with which headers. */
export interface Forwarding {
  readonly upstream: Upstream
  readonly headers: ForwardedHeaders
}

export const parseForwarding = (
  upstream: string,
  options: ForwardedHeadersOptions = {},
): Result.Result<Forwarding, Invalid> =>
  Result.flatMap(parseUpstream(upstream), (parsed) =>
    Result.map(makeForwardedHeaders(options), (headers) => ({ upstream: parsed, headers })),
  )

/** A request to be forwarded. */
export interface ForwardedRequest {
  readonly method: string
  /** The path after the proxy's own, still encoded. */
  readonly path: string
  /** With its question mark, or empty. */
  readonly search: string
  readonly headers: Headers
  readonly body: ReadableStream<Uint8Array> | null
  readonly signal?: AbortSignal | undefined
}

/** The tokens to forward with. */
export interface ForwardTokens<E> extends Pick<ApiTokens<E>, "dpop" | "refusing"> {
  readonly token: Effect.Effect<Token, E>
  /** A token other than the refused one. */
  readonly renew: (refused: Token) => Effect.Effect<Token, E>
}

/**
 * Forwards a request with another token, and streams both ways. A 401 is retried once with a new token if the body can
 * be sent again. Redirects are refused.
 *
 * @see RFC 9110 §7.6
 */
export const forward: <E>(
  forwarding: Forwarding,
  request: ForwardedRequest,
  tokens: ForwardTokens<E>,
) => Effect.Effect<Response, CallError | E, Http> = Effect.fnUntraced(function* <E>(
  { upstream, headers }: Forwarding,
  request: ForwardedRequest,
  tokens: ForwardTokens<E>,
) {
  const send = yield* makeSend(tokens)
  const url = forwardedUrl(upstream, request.path, request.search)
  if (url === undefined) return yield* failed({ _tag: "PathRefused" })
  const body = yield* bodyOf(request)
  const { method, signal = null } = request
  const init = { method, headers: headers.toUpstream(request.headers), body, duplex: "half", signal } as const
  const sendOrRenew = renewingOnce(send, { ...tokens, telemetry: yield* Telemetry })
  return answerOf(yield* sendOrRenew(url, init, yield* tokens.token), headers)
})

const answerOf = (response: Response, { fromUpstream }: ForwardedHeaders): Response => {
  const headers = fromUpstream(response.headers)
  headers.set("cache-control", privately(headers.get("cache-control")))
  headers.set("x-content-type-options", "nosniff")
  // an invalid status, such as 999, cannot be passed on
  const status = response.status > 599 ? 502 : response.status
  return new Response(response.body, { status, headers })
}

/**
 * The answer to a token is private to this caller, unless the upstream says otherwise: the caller's own request has no
 * `Authorization` from which a shared cache could tell (RFC 9111 §3.5).
 */
const privately = (control: string | null): string => {
  if (control === null) return "private, no-store"
  return /\b(?:public|s-maxage|must-revalidate|private|no-store)\b/i.test(control) ? control : `private, ${control}`
}

/** The maximum size of a body that is buffered, so that it can be sent again. */
const maxReplayed = 64 * 1024

const bodyOf = ({ method, headers, body }: ForwardedRequest): Effect.Effect<RequestBody, CallError> => {
  if (body === null || method === "GET" || method === "HEAD") return Effect.succeed(null)
  // without a length, or with a larger one, the body may stream for a long time
  const length = headers.get("content-length")
  if (length === null || !/^\d{1,6}$/.test(length) || Number(length) > maxReplayed) return Effect.succeed(body)
  return Effect.tryPromise({
    try: () => readOrStream(body, maxReplayed),
    catch: () => new CallError({ reason: { _tag: "InvalidOptions", field: "body", problem: "could not be read" } }),
  })
}

type RequestBody = ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null
