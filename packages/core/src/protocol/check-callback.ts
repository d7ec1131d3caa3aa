import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type AuthorizationRefused, type CallbackRefused, callbackRefused } from "../errors/login-refusal.ts"
import { printable } from "../model/printable.ts"
import type { Callback, CallbackAnswer, CallbackDenial } from "./callback.ts"

export interface ExpectedCallback {
  /** The `state` that was sent; `undefined` accepts an unsolicited response. */
  readonly state: Redacted.Redacted<string> | undefined
  readonly issuer: string
  /**
   * Whether the issuer's metadata promises `iss` (RFC 9207 §3); an ID token in the response, checked later, names it
   * too.
   */
  readonly namesIssuer: boolean
}

/**
 * Accepts a callback that belongs to the request. A refusal needs the right `state` and `iss` too: anybody can send a
 * person to a URL with an error in it.
 *
 * @see RFC 6749 §10.12, RFC 9207 §2.4
 */
export const checkCallback = (
  callback: Callback,
  expected: ExpectedCallback,
): Result.Result<CallbackAnswer, AuthorizationRefused | CallbackRefused> => {
  if (callback._tag === "NotOurs") return refused("foreign", "is missing: there is none where it was asked for")
  if (callback._tag === "Malformed") return refused("malformed", callback.problem)
  const problem = checkOrigin(callback, expected)
  if (problem !== undefined) return Result.fail(problem)
  if (callback._tag === "Answer") return Result.succeed(callback)
  const { error, description } = callback
  return Result.fail({ _tag: "AuthorizationRefused", error, ...(description !== undefined && { description }) })
}

const checkOrigin = (
  callback: CallbackAnswer | CallbackDenial,
  expected: ExpectedCallback,
): CallbackRefused | undefined => {
  const { state, issuer } = callback
  if (expected.state !== undefined) {
    if (state === undefined) return callbackRefused("state", "has no state")
    if (!sameText(state, Redacted.value(expected.state)))
      return callbackRefused("state", "has another state than was sent")
  }
  if (issuer === undefined && expected.namesIssuer && !hasIdToken(callback)) {
    return callbackRefused("iss", "has no iss, and this issuer sends it")
  }
  return issuer === undefined || issuer === expected.issuer
    ? undefined
    : callbackRefused("iss", `is from ${printable(issuer, 100)}, not from ${expected.issuer}`)
}

/** Its `iss` says the same (RFC 9207 §2.4), so some issuers omit the parameter. */
const hasIdToken = (callback: CallbackAnswer | CallbackDenial): boolean =>
  callback._tag === "Answer" && callback.idToken !== undefined

/** Compares in constant time. */
const sameText = (one: string, other: string): boolean => {
  if (one.length !== other.length) return false
  let difference = 0
  for (let at = 0; at < one.length; at++) difference |= one.charCodeAt(at) ^ other.charCodeAt(at)
  return difference === 0
}

const refused = (name: CallbackRefused["problem"], detail: string): Result.Result<never, CallbackRefused> =>
  Result.fail(callbackRefused(name, detail))
