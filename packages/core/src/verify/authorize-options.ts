import * as Result from "effect/Result"
import type { Claims } from "../model/claims.ts"
import type { Invalid } from "../model/invalid.ts"
import type { Principal } from "../model/principal.ts"
import type { ClaimsSchema } from "./claims-schema.ts"
import type { ReadCredentials } from "./credentials.ts"
import type { ChallengeContext } from "./refusal.ts"
import { type Requirement, scopesRequired } from "./requirements.ts"
import type { SenderBinding } from "./sender.ts"
import type { TokenCookie } from "./token-cookie.ts"
import type { TokenOrigins } from "./token-verifier.ts"

/** What an API requires of its callers besides a valid token. */
export interface AuthorizePolicy<C = Claims> {
  /** All of them. @default [] */
  readonly scopes?: ReadonlyArray<string> | undefined
  /** Any Standard Schema for the claims; the principal has its output. */
  readonly claims?: ClaimsSchema<C> | undefined
  /** `freshLoginRequired(…)`: how recent or how strong the login must be. */
  readonly freshLogin?: Result.Result<Requirement, Invalid> | undefined
  /** Whether a request without a token is allowed, anonymously; an invalid token never is. @default false */
  readonly optional?: boolean | undefined
  /** `tokenCookie(…)`, for tokens in a cookie instead of the `Authorization` header. @default none */
  readonly cookie?: TokenCookie | undefined
  /**
   * `dpop(…)` accepts tokens that are bound to a key, with a proof of possession (RFC 9449). @default such tokens are
   * refused
   */
  readonly dpop?: SenderBinding | undefined
  /** Called for each request, last; if it fails or takes over 5 seconds, the request is answered with 503. */
  readonly isRevoked?: ((principal: Principal<C>) => boolean | Promise<boolean>) | undefined
  /** Names the protected space in challenges. */
  readonly realm?: string | undefined
  /** The URL of this API's metadata, for challenges (RFC 9728 §5.1). */
  readonly resourceMetadata?: string | undefined
}

/** Options of `makeAuthorizer`: what an API accepts. */
export type AuthorizeOptions<C = Claims> = AuthorizePolicy<C> & TokenOrigins

/** A validated policy. */
export interface AuthorizePlan {
  readonly requirements: ReadonlyArray<Requirement>
  readonly cookie: ReadCredentials | undefined
  readonly challenge: Omit<ChallengeContext, "dpop">
}

/** Fails on invalid options when the authorizer is built, not at the first request. */
export const parseAuthorizeOptions = <C>(options: AuthorizePolicy<C>): Result.Result<AuthorizePlan, Invalid> => {
  const { scopes = [], freshLogin, realm, resourceMetadata } = options
  const problem = problemOf(options)
  if (problem !== undefined) return Result.fail(problem)
  const requirements: Array<Requirement> = []
  for (const required of [scopes.length > 0 ? scopesRequired(scopes) : undefined, freshLogin]) {
    if (required === undefined) continue
    if (Result.isFailure(required)) return Result.fail(required.failure)
    requirements.push(required.success)
  }
  const cookie = options.cookie?.open()
  if (cookie !== undefined && Result.isFailure(cookie)) return Result.fail(cookie.failure)
  return Result.succeed({ requirements, cookie: cookie?.success, challenge: { realm, resourceMetadata, scopes } })
}

const problemOf = <C>(options: AuthorizePolicy<C>): Invalid | undefined => {
  const { scopes = [], claims, isRevoked, realm, resourceMetadata } = options
  if (!Array.isArray(scopes)) return { field: "scopes", problem: "must be a list" }
  if (claims !== undefined && typeof claims["~standard"]?.validate !== "function")
    return { field: "claims", problem: "must be a Standard Schema" }
  if (isRevoked !== undefined && typeof isRevoked !== "function")
    return { field: "isRevoked", problem: "must be a function" }
  if (realm !== undefined && !/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/.test(realm))
    return { field: "realm", problem: "must be printable text without quote or backslash" }
  if (resourceMetadata !== undefined && !URL.canParse(resourceMetadata))
    return { field: "resourceMetadata", problem: "must be an absolute URL" }
  return madeProblem(options)
}

/** These options are values made by functions; the options of such a function would be ignored silently. */
const madeProblem = (options: object): Invalid | undefined => {
  const given = new Map<string, unknown>(Object.entries(options))
  for (const [field, maker] of Object.entries(makers)) {
    const value = given.get(field)
    if (value !== undefined && !(value instanceof Object && ("open" in value || "_tag" in value)))
      return { field, problem: `must be what ${maker}(…) gives` }
  }
  return undefined
}

const makers = {
  cookie: "tokenCookie",
  dpop: "dpop",
  freshLogin: "freshLoginRequired",
  introspection: "introspection",
  issuers: "trustedIssuers or tenants",
}
