import type { CrossSiteRequest } from "../errors/session-error.ts"
import { printable } from "../model/printable.ts"
import { isSameOrigin } from "../protocol/same-origin.ts"
import type { WebRequest } from "./web-request.ts"

/**
 * Whether a request that may change something was sent by a page of another origin, as far as its browser says; one
 * that says nothing counts as such, because every browser of today does.
 *
 * @param origin the application's own; that of the request's URL is not believed
 */
export const crossSite = ({ method, headers }: WebRequest, origin: string): CrossSiteRequest | undefined => {
  if (isSameOrigin({ method, headers, url: origin }, [origin])) return undefined
  const from = headers.get("origin")
  return { _tag: "CrossSiteRequest", origin: from === null ? undefined : printable(from, 100) }
}
