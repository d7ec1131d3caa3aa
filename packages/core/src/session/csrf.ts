import type { CrossSiteRequest } from "../errors/session-error.ts"
import { printable } from "../model/printable.ts"
import { isSameOrigin } from "../protocol/same-origin.ts"
import type { WebRequest } from "./web-request.ts"

/**
 * Whether a request that may change something comes from a page of another origin, by its browser's headers. Without
 * any it counts as such, because every current browser sends them.
 *
 * @param origin the application's own; that of the request's URL is not trusted
 */
export const crossSite = ({ method, headers }: WebRequest, origin: string): CrossSiteRequest | undefined => {
  if (isSameOrigin({ method, headers, url: origin }, [origin])) return undefined
  const from = headers.get("origin")
  return { _tag: "CrossSiteRequest", origin: from === null ? undefined : printable(from, 100) }
}
