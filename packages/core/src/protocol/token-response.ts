import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { AcquireError } from "../errors/acquire-error.ts"
import type { JsonObject } from "../model/json.ts"
import type { TokenSet, TokenType } from "../model/token-set.ts"
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
  const text = (member: string) => tokenText(json, member, context.url)
  const accessToken = yield* text("access_token")
  if (accessToken === undefined) return yield* malformed(context.url, "the member access_token is missing")
  const tokenType = yield* tokenTypeOf(json, context.url)
  const lifetime = yield* lifetimeOf(json, context.url)
  const idToken = yield* text("id_token")
  const refreshToken = yield* text("refresh_token")
  const issuedTokenType = json["issued_token_type"]
  const scope = json["scope"]
  return {
    accessToken: Redacted.make(accessToken),
    tokenType,
    receivedAt: context.receivedAt,
    expiresAt: context.receivedAt + Math.trunc(Math.min(lifetime ?? unknownLifetime, longestLifetime) * 1000),
    scopes: typeof scope === "string" ? scope.split(" ").filter((each) => each !== "") : context.scopes,
    presented: "access_token",
    ...(idToken !== undefined && { idToken: Redacted.make(idToken) }),
    ...(refreshToken !== undefined && { refreshToken: Redacted.make(refreshToken) }),
    ...(typeof issuedTokenType === "string" && { issuedTokenType }),
  } satisfies TokenSet
})

/** A token or secret of an answer. */
export const tokenText = (
  json: JsonObject,
  member: string,
  url: string,
): Effect.Effect<string | undefined, AcquireError> => {
  const value = Object.hasOwn(json, member) ? json[member] : undefined
  if (value === undefined || value === null) return Effect.succeed(undefined)
  if (isTokenText(value)) return Effect.succeed(value)
  return malformed(url, `the member ${member} is not a token`)
}

/** Ten years, in seconds: what is longer is no lifetime. */
const longestLifetime = 315_360_000

/** Assumed when the answer has no `expires_in`, in seconds: short, so that a wrong guess costs little. */
const unknownLifetime = 300

const tokenTypes: ReadonlyMap<string, TokenType> = /*#__PURE__*/ new Map([
  ["bearer", "Bearer"],
  ["dpop", "DPoP"],
  ["n_a", "N_A"],
])

const tokenTypeOf = (json: JsonObject, url: string): Effect.Effect<TokenType, AcquireError> => {
  const value = json["token_type"]
  const type = typeof value === "string" ? tokenTypes.get(value.toLowerCase()) : undefined
  return type === undefined
    ? malformed(url, "the member token_type is none of Bearer, DPoP, N_A")
    : Effect.succeed(type)
}

/** Several servers write the number as text. */
const lifetimeOf = (json: JsonObject, url: string): Effect.Effect<number | undefined, AcquireError> => {
  const value = json["expires_in"]
  if (value === undefined || value === null) return Effect.succeed(undefined)
  const seconds = typeof value === "string" && /^\d{1,12}$/.test(value) ? Number(value) : value
  if (typeof seconds === "number" && Number.isFinite(seconds) && seconds >= 0) return Effect.succeed(seconds)
  return malformed(url, "the member expires_in is not a number of seconds")
}

const malformed = (url: string, problem: string): Effect.Effect<never, AcquireError> =>
  Effect.fail(new AcquireError({ reason: { _tag: "MalformedResponse", url, problem } }))
