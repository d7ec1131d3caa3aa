import * as Result from "effect/Result"
import { decodings } from "../http/decodings.ts"
import type { Invalid } from "../model/invalid.ts"

/** Where requests are forwarded to: an origin, and a path that they cannot leave. */
export interface Upstream {
  readonly origin: string
  /** Without a slash at the end. */
  readonly prefix: string
}

/** Parses an upstream, such as `https://orders.example/api`. */
export const parseUpstream = (text: string): Result.Result<Upstream, Invalid> => {
  const url = URL.parse(text)
  const plain = url !== null && url.search === "" && url.hash === "" && url.username === "" && url.password === ""
  if (!plain) return Result.fail({ field: "upstream", problem: "must be an absolute URL without query, hash or user" })
  return Result.succeed({ origin: url.origin, prefix: url.pathname.replace(/\/+$/, "") })
}

/**
 * The URL at the upstream for a request; `undefined` if the path leaves the prefix, as written or as some server on the
 * way may decode it.
 *
 * @param path the rest of the request's path, still encoded
 * @param search with its question mark, or empty
 */
export const forwardedUrl = ({ origin, prefix }: Upstream, path: string, search: string): URL | undefined => {
  const rest = path.replace(/^\//, "")
  if (!staysInside(rest)) return undefined
  const url = URL.parse(`${origin}${prefix}/${rest}${search}`)
  if (url === null || url.origin !== origin || !url.pathname.startsWith(`${prefix}/`)) return undefined
  return url
}

/** An empty segment or an encoded slash can hide a path from the guard of another route. */
const staysInside = (path: string): boolean =>
  !/[?#]|^\/|\/\/|%2f|%5c/i.test(path) && decodings(path)?.every((text) => !text.split("/").some(isAnother)) === true

/** Some servers treat what follows a semicolon as a parameter of the segment, or strip spaces around it. */
const isAnother = (segment: string): boolean => /^\.{1,2}$|;|^ | $/.test(segment)
