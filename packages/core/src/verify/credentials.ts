import * as Result from "effect/Result"
import type { SenderMismatch } from "../errors/verify-error.ts"
import type { IncomingRequest } from "../protocol/same-origin.ts"

/** A token of a request, unverified. */
export interface Credentials {
  readonly scheme: "Bearer" | "DPoP"
  readonly token: string
}

/** The request has no token. */
export interface MissingCredentials {
  readonly _tag: "MissingCredentials"
}

/** The credentials are not a token, or there are several. */
export interface MalformedCredentials {
  readonly _tag: "MalformedCredentials"
  /** Completes "The request …". */
  readonly problem: string
}

/** A request with a token cookie, without evidence that a page of our own sent it. */
export interface CrossSiteRequest {
  readonly _tag: "CrossSiteRequest"
}

export type ReadCredentials = (
  request: IncomingRequest,
) => Result.Result<Credentials, CrossSiteRequest | MalformedCredentials | MissingCredentials | SenderMismatch>

export interface CredentialsOptions {
  /** Reads the token from a cookie if there is no header. */
  readonly cookie: ReadCredentials | undefined
  /** Whether DPoP proofs can be checked. */
  readonly dpop: boolean
}

/**
 * Reads the token from the `Authorization` header, or without one from the configured cookie. Never from the URL or a
 * form.
 *
 * @see RFC 6750 §2.1, RFC 9449 §7.1, RFC 9110 §11.4
 */
export const credentialsReader =
  ({ cookie, dpop }: CredentialsOptions): ReadCredentials =>
  (request) => {
    const header = request.headers.get("authorization")
    if (header !== null && header !== "") return fromHeader(header, dpop)
    return cookie === undefined ? missing : cookie(request)
  }

const fromHeader = (header: string, dpop: boolean): ReturnType<ReadCredentials> => {
  const [, scheme = "", token = ""] = /^(bearer|dpop) +([A-Za-z0-9._~+/-]+=*)$/i.exec(header) ?? []
  if (scheme.length === 6) return Result.succeed({ scheme: "Bearer", token })
  if (scheme.length === 4) return dpop ? Result.succeed({ scheme: "DPoP", token }) : dpopNotTaken
  // Repeated headers arrive joined by a comma, so ours may come after another scheme.
  return /(?:^|,)[ \t]*(?:bearer|dpop)(?![\w-])/i.test(header) ? malformedHeader : missing
}

export const malformed = (problem: string): Result.Result<never, MalformedCredentials> =>
  Result.fail({ _tag: "MalformedCredentials", problem })

export const missing = /*#__PURE__*/ Result.fail<MissingCredentials>({ _tag: "MissingCredentials" })
const malformedHeader = /*#__PURE__*/ malformed("has an Authorization header that is not one scheme and one token")
const dpopNotTaken = /*#__PURE__*/ Result.fail<SenderMismatch>({
  _tag: "SenderMismatch",
  problem: "came with the scheme DPoP, whose proofs are not checked here without the option dpop: dpop({ publicUrl })",
})
