import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AcquireError } from "../errors/acquire-error.ts"
import { splitScopes } from "../model/claims.ts"
import { type JsonObject, own } from "../model/json.ts"
import { printable } from "../model/printable.ts"
import type { TokenSet, TokenType } from "../model/token-set.ts"
import { malformedAnswer } from "./malformed.ts"
import { isTokenText } from "./token-text.ts"

export interface TokenResponseContext {
  readonly url: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
  /** What was asked for, which is what was granted when the answer names no scope (RFC 6749 §5.1). */
  readonly scopes: ReadonlyArray<string>
}

/**
 * Takes a token endpoint's answer apart. A token that could break out of a header is refused, and a lifetime that makes
 * no sense too.
 *
 * @see RFC 6749 §5.1, RFC 8693 §2.2.1
 */
export const parseTokenResponse: (
  json: JsonObject,
  context: TokenResponseContext,
) => Effect.Effect<TokenSet, AcquireError> = Effect.fnUntraced(function* (json, context) {
  const { url, receivedAt } = context
  const token = (member: string) => tokenOf(json, member, url)
  const accessToken = yield* token("access_token")
  if (accessToken === undefined) return yield* malformed(url, "access_token is missing")
  const tokenType = yield* tokenTypeOf(json, url)
  const lifetime = yield* lifetimeOf(json, url)
  const idToken = yield* token("id_token")
  const refreshToken = yield* token("refresh_token")
  const issuedTokenType = json["issued_token_type"]
  const scope = json["scope"]
  return {
    accessToken,
    tokenType,
    receivedAt,
    expiresAt: receivedAt + Math.trunc(Math.min(lifetime ?? unknownLifetime, longestLifetime) * 1000),
    scopes: typeof scope === "string" ? splitScopes(scope) : context.scopes,
    presented: "access_token",
    ...(idToken !== undefined && { idToken }),
    ...(refreshToken !== undefined && { refreshToken }),
    ...(typeof issuedTokenType === "string" && { issuedTokenType }),
  } satisfies TokenSet
})

/** A token or secret of an answer. */
export const tokenOf = (
  json: JsonObject,
  member: string,
  url: string,
): Effect.Effect<Redacted.Redacted<string> | undefined, AcquireError> => {
  const value = own(json, member)
  if (value === undefined || value === null) return Effect.succeed(undefined)
  if (isTokenText(value)) return Effect.succeed(Redacted.make(value))
  return malformed(url, `${member} is not a token`)
}

/** Ten years, in seconds: what is longer is no lifetime. */
const longestLifetime = 315_360_000

/** Assumed when the answer has no `expires_in`, in seconds: short, so that a wrong guess costs little. */
const unknownLifetime = 300

const tokenTypes: ReadonlyArray<TokenType> = ["Bearer", "DPoP", "N_A"]

const tokenTypeOf = (json: JsonObject, url: string): Effect.Effect<TokenType, AcquireError> => {
  const given = json["token_type"]
  if (typeof given !== "string") return malformed(url, "token_type is missing")
  const type = tokenTypes.find((each) => each.toLowerCase() === given.toLowerCase())
  return type === undefined
    ? Effect.fail(new AcquireError({ reason: { _tag: "TokenTypeMismatch", url, tokenType: printable(given, 40) } }))
    : Effect.succeed(type)
}

/** Several servers write the number as text. */
const lifetimeOf = (json: JsonObject, url: string): Effect.Effect<number | undefined, AcquireError> => {
  const value = json["expires_in"]
  if (value === undefined || value === null) return Effect.succeed(undefined)
  const seconds = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value
  if (typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0) return Effect.succeed(seconds)
  return malformed(url, "expires_in is not a number of seconds")
}

const malformed = (url: string, problem: string): Effect.Effect<never, AcquireError> =>
  Effect.fail(malformedAnswer({ url }, `the member ${problem}`))
