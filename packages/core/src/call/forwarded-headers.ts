import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"

/** The headers that are forwarded both ways: only listed ones, and no hop-by-hop headers. */
export interface ForwardedHeaders {
  readonly toUpstream: (headers: Headers) => Headers
  readonly fromUpstream: (headers: Headers) => Headers
}

/** Which headers a proxy forwards. */
export interface ForwardedHeadersOptions {
  /** Request headers to forward besides the common ones. @default [] */
  readonly requestHeaders?: ReadonlyArray<string> | undefined
  /** Response headers to forward besides the common ones. @default [] */
  readonly responseHeaders?: ReadonlyArray<string> | undefined
}

/**
 * Never forwards, whatever the lists say: credentials (`Cookie`, `Authorization`), headers of one connection, the
 * claimed origin of the request (`X-Forwarded-*`), and cookies that the upstream sets.
 *
 * @see RFC 9110 §7.6.1
 */
export const makeForwardedHeaders = (options: ForwardedHeadersOptions): Result.Result<ForwardedHeaders, Invalid> => {
  const { requestHeaders = [], responseHeaders = [] } = options
  const wrong = [...requestHeaders, ...responseHeaders].find((name) => !isToken(name) || isForbidden(name))
  if (wrong !== undefined) {
    const field = requestHeaders.includes(wrong) ? "requestHeaders" : "responseHeaders"
    return Result.fail({ field, problem: `names ${isToken(wrong) ? wrong : "a header"} that is never forwarded` })
  }
  const request = new Set([...commonRequest, ...requestHeaders.map(lower)])
  const response = new Set([...commonResponse, ...responseHeaders.map(lower)])
  return Result.succeed({
    toUpstream: (headers) => only(request, headers),
    fromUpstream: (headers) => only(response, headers),
  })
}

/**
 * Without `Content-Encoding` and `Content-Length`: `fetch` decodes responses, so those of the upstream do not match the
 * body.
 */
const commonRequest = [
  "accept",
  "accept-language",
  "content-encoding",
  "content-language",
  "content-type",
  "idempotency-key",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-range",
  "if-unmodified-since",
  "prefer",
  "range",
  "traceparent",
  "tracestate",
]
const commonResponse = [
  "accept-ranges",
  "age",
  "allow",
  "cache-control",
  "content-disposition",
  "content-language",
  "content-range",
  "content-security-policy",
  "content-type",
  "deprecation",
  "etag",
  "expires",
  "last-modified",
  "link",
  "preference-applied",
  "ratelimit",
  "ratelimit-policy",
  "retry-after",
  "sunset",
  "vary",
]

const forbidden = new Set([
  "authorization",
  "connection",
  "content-length",
  "cookie",
  "dpop",
  "expect",
  "forwarded",
  "host",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "set-cookie",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "via",
])

const isForbidden = (name: string): boolean => forbidden.has(lower(name)) || lower(name).startsWith("x-forwarded-")

const isToken = (name: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(name)

const lower = (name: string): string => name.toLowerCase()

const only = (names: ReadonlySet<string>, headers: Headers): Headers => {
  const hop = new Set((headers.get("connection") ?? "").split(",").map((name) => lower(name.trim())))
  const kept = new Headers()
  for (const [name, value] of headers) if (names.has(name) && !hop.has(name)) kept.append(name, value)
  return kept
}
