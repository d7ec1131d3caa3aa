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
 * Requires all of these scopes; other callers get 403. Use it after `bearerAuth`.
 *
 * @see RFC 6750 §3.1
 */
export const requireScope = (...scopes: readonly [string, ...ReadonlyArray<string>]): MiddlewareHandler =>
  required("requireScope", valid(scopesRequired(scopes)))

/** Requires a claim of the token, before any schema; other callers get 403. Use it after `bearerAuth`. */
export const requireClaim = (claim: string, expected: ClaimTest): MiddlewareHandler =>
  required("requireClaim", claimRequired(claim, expected))

/**
 * Requires a recent or strong login; others get 401 with what to request from the issuer. Use it after `bearerAuth`.
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
