import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import type { TokenSet } from "../model/token-set.ts"
import { type Secret, wrapped } from "../protocol/secret.ts"
import { digestOf } from "../protocol/digest.ts"
import { tokenProblem } from "../protocol/token-text.ts"

/** A token that somebody already holds and presents to the issuer in order to get another one (RFC 8693 §1). */
export interface SecurityToken {
  readonly value: Redacted.Redacted<string>
  /** What kind of token it is: a URI (RFC 8693 §3). */
  readonly type: string
  /** SHA-256 in hex: names the token in cache keys and locks, where the token itself must not stand. */
  readonly digest: string
  /** Epoch milliseconds; nothing that is got with this token is used for longer. */
  readonly expiresAt: number | undefined
}

export interface SecurityTokenOptions {
  /**
   * A short name of RFC 8693 §3 (`access_token`, `id_token`, `refresh_token`, `jwt`, `saml1`, `saml2`), or any URI.
   *
   * @default "access_token"
   */
  readonly type?: string | undefined
  /** Epoch milliseconds. @default what a JWT says of itself, which is a hint: its signature is not checked here */
  readonly expiresAt?: number | undefined
}

/** Checks a token before it is sent anywhere, and names it. Fails with `invalid_options` for what cannot be a token. */
export const securityToken: (
  token: Secret,
  options?: SecurityTokenOptions,
) => Effect.Effect<SecurityToken, AcquireError> = Effect.fnUntraced(function* (token, options = {}) {
  const text = Redacted.isRedacted(token) ? Redacted.value(token) : token
  const problem = tokenProblem(text)
  if (problem !== undefined) return yield* invalidOptions("token", problem)
  const type = tokenTypeUri(options.type ?? "access_token")
  if (!URL.canParse(type)) return yield* invalidOptions("type", "is neither a name of RFC 8693 §3 nor a URI")
  return {
    value: wrapped(token),
    type,
    digest: yield* digestOf(text),
    expiresAt: options.expiresAt ?? futureHint(text, yield* Clock.currentTimeMillis),
  }
})

/** A token set that ends no later than the token it was got with. */
export const endingWith = ({ expiresAt }: SecurityToken, set: TokenSet): TokenSet =>
  expiresAt === undefined ? set : { ...set, expiresAt: Math.trunc(Math.min(set.expiresAt, expiresAt)) }

/** A short name as the URI it stands for (RFC 8693 §3); a URI as it is. */
export const tokenTypeUri = (type: string): string =>
  type.includes(":") ? type : `urn:ietf:params:oauth:token-type:${type}`

/** The end that a JWT names, in epoch milliseconds; nothing for any other token. */
export const expiryHint = (token: string): number | undefined => {
  const claims = unverifiedClaims(token)
  return Result.isFailure(claims) || claims.success.exp === undefined ? undefined : claims.success.exp * 1000
}

/** An end in the past is no hint: either the clocks disagree, or the server will say so. */
const futureHint = (token: string, now: number): number | undefined => {
  const hint = expiryHint(token)
  return hint !== undefined && hint > now ? hint : undefined
}
