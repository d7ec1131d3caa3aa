/** The parts of a request that tell where it comes from; a Fetch `Request` is one. */
export interface IncomingRequest {
  readonly method: string
  /** Absolute. */
  readonly url: string
  readonly headers: Pick<Headers, "get">
}

/**
 * Whether the cookies of a request may be used: it changes nothing, or the browser says that a page of our own sent it.
 * Without evidence the answer is no, so programs other than browsers need another way in.
 *
 * @param origins our own origins besides that of the request's URL, which behind a proxy differs from the browser's
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
  // Behind a proxy that terminates TLS the URL says http, so `Sec-Fetch-Site` takes precedence.
  if (site !== null) return site === "same-origin"
  return origin !== null && URL.canParse(url) && origin === new URL(url).origin
}

/** RFC 9110 §9.2.1, without TRACE; a WebSocket handshake is a GET and yet not safe. */
const safe: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"])
