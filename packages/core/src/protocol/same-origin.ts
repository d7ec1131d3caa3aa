/** What of a request tells where it comes from; a `Request` of the Fetch API is one. */
export interface IncomingRequest {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers: Pick<Headers, "get">
}

/**
 * Whether a request may be answered by the cookies it carries: it changes nothing, or the browser says that a page of
 * our own sent it. No evidence is no, so programs that are no browser need another way in.
 *
 * @param origins our own besides that of the request's URL, which behind a proxy is not the one that browsers see
 * @see Fetch Metadata Request Headers §2.2, RFC 6454 §7
 */
export const isSameOrigin = (
  { method, url, headers }: IncomingRequest,
  origins: ReadonlyArray<string> = [],
): boolean => {
  if (safe.has(method) && headers.get("upgrade") === null) return true
  const origin = headers.get("origin")
  if (origin === "null") return false
  if (origin !== null && origins.includes(origin)) return true
  const site = headers.get("sec-fetch-site")
  // Behind a proxy that ends TLS the URL says http: what the browser says of itself counts more.
  if (site !== null) return site === "same-origin"
  return origin !== null && URL.canParse(url) && origin === new URL(url).origin
}

/** RFC 9110 §9.2.1, without TRACE; the start of a WebSocket is a GET and yet not safe. */
const safe: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"])
