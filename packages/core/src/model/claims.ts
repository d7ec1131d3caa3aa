import * as Result from "effect/Result"
import { type Invalid, invalid } from "./invalid.ts"
import { isJsonObject } from "./json.ts"

/** The claims of a JWT (RFC 7519 §4): the registered ones checked for their type, the others as they came. */
export interface Claims {
  readonly iss?: string
  readonly sub?: string
  readonly aud?: string | ReadonlyArray<string>
  /** Epoch seconds. */
  readonly exp?: number
  readonly nbf?: number
  readonly iat?: number
  readonly jti?: string
  /** Epoch seconds (OpenID Connect Core §2). */
  readonly auth_time?: number
  /** RFC 9068 §2.2 */
  readonly client_id?: string
  /** The client, of issuers that do not say `client_id` (OpenID Connect Core §2). */
  readonly azp?: string
  /** A text with spaces (RFC 9068 §2.2.3); of some issuers a list. */
  readonly scope?: string | ReadonlyArray<string>
  /** Where some issuers have the scopes. */
  readonly scp?: string | ReadonlyArray<string>
  /** RFC 8693 §4.1; the outermost is the current actor. */
  readonly act?: Readonly<Record<string, unknown>>
  readonly [claim: string]: unknown
}

/** Parses a JSON object as claims; fails if a registered claim has the wrong type or a time is not finite. */
export const parseClaims = (json: unknown): Result.Result<Claims, Invalid> => {
  if (!isJsonObject(json)) return Result.fail({ field: "payload", problem: "is not a JSON object" })
  for (const { claims, is, what } of kinds) {
    for (const claim of claims) {
      if (Object.hasOwn(json, claim) && !is(json[claim])) return invalid(claim, `is not ${what}`)
    }
  }
  return Result.succeed(json)
}

/** The audiences of a token, as a list. */
export const audiencesOf = (claims: Claims): ReadonlyArray<string> =>
  claims.aud === undefined ? [] : typeof claims.aud === "string" ? [claims.aud] : claims.aud

/**
 * The client that asked for a token. `cid` is Okta's name for it, and `appid` Entra ID's in tokens of version 1; to other
 * issuers they may mean anything.
 */
export const clientOf = ({ client_id, azp, cid, appid }: Claims): string | undefined =>
  client_id ?? azp ?? [cid, appid].find(isText)

/** The scopes of a token (RFC 9068 §2.2.3), as a list. */
export const scopesOf = ({ scp = "", scope = scp }: Claims, split = splitScopes): ReadonlyArray<string> =>
  typeof scope === "string" ? split(scope) : scope

/** A list of scopes from its text (RFC 6749 §3.3). */
export const splitScopes = (scope: string): ReadonlyArray<string> => scope.split(" ").filter((each) => each !== "")

/** Claims of one type. */
interface Kind {
  readonly claims: ReadonlyArray<string>
  readonly is: (value: unknown) => boolean
  readonly what: string
}

const isText = (value: unknown): value is string => typeof value === "string"

const isTexts = (value: unknown): boolean => isText(value) || (Array.isArray(value) && value.every(isText))

const kinds: ReadonlyArray<Kind> = [
  { claims: ["iss", "sub", "jti", "client_id", "azp"], is: isText, what: "a string" },
  { claims: ["exp", "nbf", "iat", "auth_time"], is: Number.isFinite, what: "a finite number" },
  { claims: ["aud", "scope", "scp"], is: isTexts, what: "a string or a list of strings" },
  { claims: ["act"], is: isJsonObject, what: "a JSON object" },
]
