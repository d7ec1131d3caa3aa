import * as Result from "effect/Result"
import { decodings } from "../http/decodings.ts"
import type { Invalid } from "../model/invalid.ts"

/** Where requests are forwarded to: an origin, and the path that they cannot leave. */
export interface Upstream {
  readonly origin: string
  /** Without a slash at the end. */
  readonly prefix: string
}

/** An upstream as a caller writes it, such as `https://orders.example/api`. */
export const parseUpstream = (text: string): Result.Result<Upstream, Invalid> => {
  const url = URL.parse(text)
  const plain = url !== null && url.search === "" && url.hash === "" && url.username === "" && url.password === ""
  if (!plain) return Result.fail({ field: "upstream", problem: "must be an absolute URL without query, hash or user" })
  return Result.succeed({ origin: url.origin, prefix: url.pathname.replace(/\/+$/, "") })
}

/**
 * The address at the upstream that a request is for; nothing where the path leads out of its prefix, as it is written or
 * in what some server on the way may decode it to.
 *
 * @param path what is left of the request's path, still encoded
 * @param search with its question mark, or empty
 */
export const forwardedUrl = ({ origin, prefix }: Upstream, path: string, search: string): URL | undefined => {
  const rest = path.replace(/^\//, "")
  if (!staysInside(rest)) return undefined
  const url = URL.parse(`${origin}${prefix}/${rest}${search}`)
  if (url === null || url.origin !== origin || !url.pathname.startsWith(`${prefix}/`)) return undefined
  return url
}

/** An empty segment, or a slash that is encoded, is a path that a guard of another route does not recognise. */
const staysInside = (path: string): boolean =>
  !/[?#]|^\/|\/\/|%2f|%5c/i.test(path) && decodings(path)?.every((text) => !text.split("/").some(isAnother)) === true

/** Some servers take what follows a semicolon for a parameter of the segment, or drop the spaces around it. */
const isAnother = (segment: string): boolean => /^\.{1,2}$|;|^ | $/.test(segment)
