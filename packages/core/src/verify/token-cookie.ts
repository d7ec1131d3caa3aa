import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"
import { cookiePairs } from "../protocol/cookie-pairs.ts"
import { isSameOrigin } from "../protocol/same-origin.ts"
import { type CrossSiteRequest, malformed, missing, type ReadCredentials } from "./credentials.ts"

/** Options of `tokenCookie`. */
export interface TokenCookieOptions {
  /** The exact name; with the prefix `__Host-` a neighbouring domain cannot plant it. */
  readonly name: string
  /** Own origins besides that of the request's URL, for an API behind a proxy. @default [] */
  readonly origins?: ReadonlyArray<string> | undefined
}

/** Made by `tokenCookie`; each authorizer opens its own. */
export interface TokenCookie {
  readonly open: () => Result.Result<ReadCredentials, Invalid>
}

/**
 * Lets an authorizer read the token from a cookie if there is no `Authorization` header. A request that changes
 * something is then accepted only if the browser says that a page of our own sent it.
 *
 * @see RFC 6265 §4.2
 */
export const tokenCookie = (options: TokenCookieOptions): TokenCookie => ({
  open: () => {
    const problem = problemOf(options)
    if (problem !== undefined) return Result.fail(problem)
    const { name, origins } = options
    return Result.succeed((request) => {
      const values = cookiesNamed(name, request.headers.get("cookie"))
      const [token] = values
      if (token === undefined) return missing
      if (values.length > 1) return malformed(`has the cookie ${name} more than once`)
      return isSameOrigin(request, origins) ? Result.succeed({ scheme: "Bearer", token }) : crossSite
    })
  },
})

const problemOf = ({ name, origins = [] }: TokenCookieOptions): Invalid | undefined => {
  // RFC 6265 §4.1.1
  if (typeof name !== "string" || !/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
    return { field: "cookie.name", problem: "must be the name of a cookie" }
  const wrong = origins.find((origin) => !URL.canParse(origin) || new URL(origin).origin !== origin)
  return wrong === undefined
    ? undefined
    : { field: "cookie.origins", problem: "must be origins such as https://app.example" }
}

/** An empty one counts as absent. */
const cookiesNamed = (name: string, header: string | null): ReadonlyArray<string> =>
  cookiePairs(header).flatMap(([each, value]) => (each === name && value !== "" ? [value] : []))

const crossSite = /*#__PURE__*/ Result.fail<CrossSiteRequest>({ _tag: "CrossSiteRequest" })
