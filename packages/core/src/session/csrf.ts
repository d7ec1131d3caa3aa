import type { CrossSiteRequest } from "../errors/session-error.ts"
import { printable } from "../model/printable.ts"
import type { WebRequest } from "./web-request.ts"

/**
 * Whether a request that may change something was sent by a page of another origin, as far as its browser says; one
 * that says nothing counts as such, because every browser of today does.
 *
 * @param origin the application's own
 * @see Fetch §3.2 (Origin), Fetch Metadata Request Headers §2.3
 */
export const crossSite = ({ method, headers }: WebRequest, origin: string): CrossSiteRequest | undefined => {
  // the start of a WebSocket is a GET, and yet opens everything to the page that sent it
  if (safeMethods.has(method.toUpperCase()) && headers.get("upgrade") === null) return undefined
  const from = headers.get("origin")
  const own = from === null ? headers.get("sec-fetch-site") === "same-origin" : from === origin
  return own ? undefined : { _tag: "CrossSiteRequest", origin: from === null ? undefined : printable(from, 100) }
}

/** RFC 9110 §9.2.1 */
const safeMethods = new Set(["GET", "HEAD", "OPTIONS", "TRACE"])
