import type { JWTPayload } from "jose"

import type { Step } from "./scope.ts"

/** A token that this issuer issued and that is valid now. */
export interface IssuedToken {
  readonly subject: string
  /** Missing for a token that is for this issuer only. */
  readonly audience: string | undefined
  /** The client that got it. */
  readonly client: string | undefined
  /** Epoch seconds. */
  readonly expires: number
  readonly scopes: ReadonlyArray<string>
  /** The tokens it was exchanged from, the latest first. */
  readonly exchangedFrom: ReadonlyArray<Step>
  readonly act: unknown
  readonly mayAct: unknown
  /** The thumbprint of the key that it is bound to (RFC 9449 §6). */
  readonly jkt: string | undefined
  readonly claims: JWTPayload
}

/** Why a token is not one of ours; the message contains nothing of it. */
export class TokenError extends Error {
  override readonly name = "TokenError"
}

/** Reads the claims of a token whose signature is right. */
export const toIssued = (claims: JWTPayload): IssuedToken => {
  const { sub = "", aud, exp = 0, cnf } = claims
  if (sub === "") throw new TokenError("has no subject")
  const jkt = isObject(cnf) ? cnf["jkt"] : undefined
  if (cnf !== undefined && typeof jkt !== "string") throw new TokenError("is bound to a key in a way not known here")
  return {
    subject: sub,
    audience: [aud].flat()[0],
    client: textOf(claims["client_id"]) ?? textOf(claims["azp"]),
    expires: exp,
    scopes: scopesOf(claims["scope"]),
    exchangedFrom: stepsOf(claims[EXCHANGED_FROM]),
    act: claims["act"],
    mayAct: claims["may_act"],
    jkt: typeof jkt === "string" ? jkt : undefined,
    claims,
  }
}

/** The claim in which an exchanged token remembers what its ancestors allowed. */
export const EXCHANGED_FROM = "exchanged_from"

/** The steps as the claim has them. */
export const stepClaims = (steps: ReadonlyArray<Step>): ReadonlyArray<object> =>
  steps.map(({ audience, scopes }) => ({
    ...(audience === undefined ? {} : { aud: audience }),
    scope: scopes.join(" "),
  }))

const stepsOf = (value: unknown): ReadonlyArray<Step> => {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw new TokenError(`has a claim ${EXCHANGED_FROM} that is not as it must be`)
  return value.map((step: unknown) => {
    if (!isObject(step)) throw new TokenError(`has a claim ${EXCHANGED_FROM} that is not as it must be`)
    return { audience: textOf(step["aud"]), scopes: scopesOf(step["scope"]) }
  })
}

const scopesOf = (value: unknown): ReadonlyArray<string> => {
  if (value === undefined) return []
  if (typeof value !== "string") throw new TokenError("has a scope that is no text")
  return value.split(" ").filter(Boolean)
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)
