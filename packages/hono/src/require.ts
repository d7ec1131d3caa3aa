import {
  claimRequired,
  type ClaimTest,
  type FreshLogin,
  freshLoginRequired,
  type Requirement,
  scopesRequired,
} from "@bearerkit/core"
import type { MiddlewareHandler } from "hono"
import { guardOf } from "./guard.ts"
import { valid } from "./valid.ts"

/**
 * Lets on callers whose token has all of these scopes; the others get 403. Stands after `bearerAuth`.
 *
 * @see RFC 6750 §3.1
 */
export const requireScope = (...scopes: readonly [string, ...ReadonlyArray<string>]): MiddlewareHandler =>
  required("requireScope", valid(scopesRequired(scopes)))

/** Lets on callers whose token has this claim, as it came; the others get 403. Stands after `bearerAuth`. */
export const requireClaim = (claim: string, expected: ClaimTest): MiddlewareHandler =>
  required("requireClaim", claimRequired(claim, expected))

/**
 * Lets on people who signed in recently or strongly enough; the others get 401 and are told what to ask of the issuer.
 * Stands after `bearerAuth`.
 *
 * @see RFC 9470
 */
export const requireFreshLogin = (login: FreshLogin): MiddlewareHandler =>
  required("requireFreshLogin", valid(freshLoginRequired(login)))

const required =
  (name: string, requirement: Requirement): MiddlewareHandler =>
  async (c, next) => {
    const { caller, demand, refuse } = guardOf(c, name)
    const refusal = demand(caller, requirement)
    return refusal === undefined ? next() : refuse(refusal)
  }
