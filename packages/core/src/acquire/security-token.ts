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

/** A token that is presented to the issuer in exchange for another one (RFC 8693 §1). */
export interface SecurityToken {
  readonly value: Redacted.Redacted<string>
  /** The token type: a URI (RFC 8693 §3). */
  readonly type: string
  /** SHA-256 in hex: identifies the token in cache keys and locks, where the token itself must not appear. */
  readonly digest: string
  /** Epoch milliseconds; no token obtained with this one is used for longer. */
  readonly expiresAt: number | undefined
}

/** Options of a trade of a security token. */
export interface SecurityTokenOptions {
  /**
   * A short name of RFC 8693 §3 (`access_token`, `id_token`, `refresh_token`, `jwt`, `saml1`, `saml2`), or any URI.
   *
   * @default "access_token"
   */
  readonly type?: string | undefined
  /** Epoch milliseconds. @default the `exp` of a JWT, as a hint: its signature is not checked here */
  readonly expiresAt?: number | undefined
}

/**
 * Validates a token before it is sent, and computes its digest. Fails with `invalid_options` for what cannot be a
 * token.
 */
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

/** Limits a token set to the lifetime of the token it was obtained with. */
export const endingWith = ({ expiresAt }: SecurityToken, set: TokenSet): TokenSet =>
  expiresAt === undefined ? set : { ...set, expiresAt: Math.trunc(Math.min(set.expiresAt, expiresAt)) }

/** Expands a short name to its URI (RFC 8693 §3); leaves a URI as it is. */
export const tokenTypeUri = (type: string): string =>
  type.includes(":") ? type : `urn:ietf:params:oauth:token-type:${type}`

/** The `exp` of a JWT, in epoch milliseconds; `undefined` for any other token. */
export const expiryHint = (token: string): number | undefined => {
  const claims = unverifiedClaims(token)
  return Result.isFailure(claims) || claims.success.exp === undefined ? undefined : claims.success.exp * 1000
}

/** An `exp` in the past is no hint: either the clocks disagree, or the server will refuse the token. */
const futureHint = (token: string, now: number): number | undefined => {
  const hint = expiryHint(token)
  return hint !== undefined && hint > now ? hint : undefined
}
