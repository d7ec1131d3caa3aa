import * as Result from "effect/Result"
import { type Incoming, isSameOrigin } from "../protocol/same-origin.ts"

/** A token as a request brought it, unverified. */
export interface Credentials {
  readonly scheme: "Bearer" | "DPoP"
  readonly token: string
}

/** There is no token. */
export interface MissingCredentials {
  readonly _tag: "MissingCredentials"
}

/** What should be a token is none, or there are several. */
export interface MalformedCredentials {
  readonly _tag: "MalformedCredentials"
  /** Completes "The request …". */
  readonly problem: string
}

/** A cookie came with a request of which nothing shows that a page of our own sent it. */
export interface CrossSiteRequest {
  readonly _tag: "CrossSiteRequest"
}

export interface CookieSource {
  /** The exact name; one that begins with `__Host-` cannot be planted by a neighbouring domain. */
  readonly name: string
  /** Our own origins besides that of the request's URL, for an API behind a proxy. @default [] */
  readonly origins?: ReadonlyArray<string> | undefined
}

export type ReadCredentials = (
  request: Incoming,
) => Result.Result<Credentials, CrossSiteRequest | MalformedCredentials | MissingCredentials>

export interface CredentialsOptions {
  readonly cookie?: CookieSource | undefined
  /** Whether proofs of a key can be checked; else `DPoP` is a scheme like any other. */
  readonly dpop: boolean
}

/**
 * Takes the token from the `Authorization` header, or where there is none from the cookie, if one is named. Never from
 * the URL or a form.
 *
 * @see RFC 6750 §2.1, RFC 9449 §7.1, RFC 9110 §11.4
 */
export const credentialsReader =
  ({ cookie, dpop }: CredentialsOptions): ReadCredentials =>
  (request) => {
    const header = request.headers.get("authorization")
    if (header !== null && header !== "") return fromHeader(header, dpop)
    return cookie === undefined ? missing : fromCookie(request, cookie)
  }

const fromHeader = (header: string, dpop: boolean): ReturnType<ReadCredentials> => {
  const [, scheme = "", token = ""] = /^(bearer|dpop) +([A-Za-z0-9._~+/-]+=*)$/i.exec(header) ?? []
  const known = scheme.length === 4 ? "DPoP" : "Bearer"
  if (token !== "") return known === "Bearer" || dpop ? Result.succeed({ scheme: known, token }) : missing
  // Headers that are sent twice arrive joined by a comma, so one of ours may stand behind another's.
  return /(?:^|,)[ \t]*(?:bearer|dpop)(?![\w-])/i.test(header) ? malformedHeader : missing
}

const fromCookie = (request: Incoming, { name, origins }: CookieSource): ReturnType<ReadCredentials> => {
  const values = cookiesNamed(name, request.headers.get("cookie") ?? "")
  const [token] = values
  if (token === undefined) return missing
  if (values.length > 1) return malformed(`has the cookie ${name} more than once`)
  return isSameOrigin(request, origins) ? Result.succeed({ scheme: "Bearer", token }) : crossSite
}

/** RFC 6265 §4.2.1; an empty one is none. */
const cookiesNamed = (name: string, header: string): ReadonlyArray<string> =>
  header
    .split(";")
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`) && pair.length > name.length + 1)
    .map((pair) => pair.slice(name.length + 1))

const malformed = (problem: string) => Result.fail<MalformedCredentials>({ _tag: "MalformedCredentials", problem })

const missing = /*#__PURE__*/ Result.fail<MissingCredentials>({ _tag: "MissingCredentials" })
const crossSite = /*#__PURE__*/ Result.fail<CrossSiteRequest>({ _tag: "CrossSiteRequest" })
const malformedHeader = /*#__PURE__*/ malformed("has an Authorization header that is not one scheme and one token")
