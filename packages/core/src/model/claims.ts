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

/** A JSON object taken as claims. Registered claims of the wrong type are refused, times that are not finite too. */
export const parseClaims = (json: unknown): Result.Result<Claims, Invalid> => {
  if (!isJsonObject(json)) return Result.fail({ field: "payload", problem: "is not a JSON object" })
  for (const claim of strings) {
    if (Object.hasOwn(json, claim) && typeof json[claim] !== "string") return invalid(claim, "is not a string")
  }
  for (const claim of times) {
    if (Object.hasOwn(json, claim) && !Number.isFinite(json[claim])) return invalid(claim, "is not a finite number")
  }
  for (const claim of texts) {
    if (Object.hasOwn(json, claim) && !isTexts(json[claim]))
      return invalid(claim, "is not a string or a list of strings")
  }
  if (Object.hasOwn(json, "act") && !isJsonObject(json["act"])) return invalid("act", "is not a JSON object")
  return Result.succeed(json)
}

/** The audiences of a token, as a list. */
export const audiencesOf = (claims: Claims): ReadonlyArray<string> =>
  claims.aud === undefined ? [] : typeof claims.aud === "string" ? [claims.aud] : claims.aud

/** The scopes of a token (RFC 9068 §2.2.3), as a list. */
export const scopesOf = ({ scp = "", scope = scp }: Claims): ReadonlyArray<string> =>
  typeof scope === "string" ? scope.split(" ").filter((each) => each !== "") : scope

const strings = ["iss", "sub", "jti", "client_id", "azp"]
const texts = ["aud", "scope", "scp"]
const times = ["exp", "nbf", "iat", "auth_time"]

const isTexts = (value: unknown): boolean =>
  typeof value === "string" || (Array.isArray(value) && value.every((each) => typeof each === "string"))
