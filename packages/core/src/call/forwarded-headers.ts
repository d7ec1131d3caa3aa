import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"

/** Which headers go on to an upstream and come back: those on a list, and of these no hop's own. */
export interface ForwardedHeaders {
  readonly toUpstream: (headers: Headers) => Headers
  readonly fromUpstream: (headers: Headers) => Headers
}

export interface ForwardedHeadersOptions {
  /** Request headers that the upstream wants besides the common ones. @default [] */
  readonly requestHeaders?: ReadonlyArray<string> | undefined
  /** Response headers that the caller wants besides the common ones. @default [] */
  readonly responseHeaders?: ReadonlyArray<string> | undefined
}

/**
 * Never forwarded, whatever the lists say: who somebody is here (`Cookie`, `Authorization`), what belongs to one
 * connection, where the request claims to come from (`X-Forwarded-*`), and cookies that the upstream sets.
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

/** What is encoded on the way is not: `fetch` decodes answers, so their length and encoding are not those of the body. */
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
