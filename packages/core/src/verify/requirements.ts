import type * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import { type Invalid, invalid } from "../model/invalid.ts"
import { millisOf } from "../model/millis.ts"
import type { Principal } from "../model/principal.ts"

/** The token is valid, but lacks a scope (RFC 6750 §3.1). */
export interface InsufficientScope {
  readonly _tag: "InsufficientScope"
  readonly required: ReadonlyArray<string>
  readonly missing: ReadonlyArray<string>
}

/** The token is valid, but a claim is not what the route requires. */
export interface ClaimNotMet {
  readonly _tag: "ClaimNotMet"
  readonly claim: string
}

/** The person must sign in again or differently (RFC 9470 §3). */
export interface LoginNotFresh {
  readonly _tag: "LoginNotFresh"
  readonly acrValues: ReadonlyArray<string>
  /** Seconds. */
  readonly maxAge: number | undefined
}

/** A route's requirement of an authorized caller: what is missing, or `undefined`. `now` is in epoch seconds. */
export type Requirement = (principal: Principal, now: number) => UnmetRequirement | undefined

export type UnmetRequirement = ClaimNotMet | InsufficientScope | LoginNotFresh

/**
 * All of these scopes, one at least.
 *
 * @see RFC 6750 §3.1
 */
export const scopesRequired = (required: ReadonlyArray<string>): Result.Result<Requirement, Invalid> => {
  // RFC 6749 §3.3; to require none would be to let everybody in
  const areScopes = required.every((scope) => typeof scope === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope))
  if (!areScopes || required.length === 0)
    return invalid("scopes", "must be one or more scopes, without space, quote or backslash")
  return Result.succeed(({ scopes }) => {
    if (required.every((scope) => scopes.includes(scope))) return undefined
    return { _tag: "InsufficientScope", required, missing: required.filter((scope) => !scopes.includes(scope)) }
  })
}

/**
 * What a claim must be: this value, a list that contains it, or a value that the function accepts. An absent claim
 * never passes.
 */
export type ClaimTest = string | number | boolean | ((value: unknown) => boolean)

/** Requires a claim of the token, before any schema. */
export const claimRequired = (claim: string, expected: ClaimTest): Requirement => {
  const meets =
    typeof expected === "function"
      ? expected
      : (value: unknown) => value === expected || (Array.isArray(value) && value.includes(expected))
  return ({ claims }) =>
    Object.hasOwn(claims, claim) && meets(claims[claim]) === true ? undefined : { _tag: "ClaimNotMet", claim }
}

/** What `freshLoginRequired` asks of a login. */
export interface FreshLogin {
  /** How long ago the person may have signed in (`auth_time`), rounded down to seconds; one at least. */
  readonly maxAge?: Duration.Input | undefined
  /** How the person must have signed in: `acr` must be one of these. */
  readonly acrValues?: ReadonlyArray<string> | undefined
}

/**
 * Requires a recent or strong login, or both. An absent claim does not pass.
 *
 * @see RFC 9470 §3 and §5
 */
export const freshLoginRequired = ({ maxAge, acrValues = [] }: FreshLogin): Result.Result<Requirement, Invalid> => {
  const seconds = maxAge === undefined ? undefined : Math.floor((millisOf(maxAge) ?? 0) / 1000)
  // a number is milliseconds: one meant as seconds would come to zero, which no login meets
  if (seconds !== undefined && !(seconds > 0 && Number.isSafeInteger(seconds)))
    return invalid("maxAge", "must be a duration of a second at least; a number is milliseconds")
  if (!acrValues.every((acr) => typeof acr === "string" && /^[\x21\x23-\x5b\x5d-\x7e]+$/.test(acr)))
    return invalid("acrValues", "must be texts without space, quote or backslash")
  if (seconds === undefined && acrValues.length === 0) return invalid("maxAge", "is missing, and acrValues too")
  const unmet: LoginNotFresh = { _tag: "LoginNotFresh", acrValues, maxAge: seconds }
  return Result.succeed(({ claims }, now) => {
    const { acr, auth_time: time, iat = now } = claims
    if (acrValues.length > 0 && !(typeof acr === "string" && acrValues.includes(acr))) return unmet
    if (seconds === undefined) return undefined
    // the same clock tolerance as for the token itself; a login later than that is not valid
    const past = typeof time === "number" && time <= Math.max(now, iat)
    return past && now - time <= seconds ? undefined : unmet
  })
}
