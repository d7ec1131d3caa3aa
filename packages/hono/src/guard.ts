import { type Authorizer, BearerError, type Caller, type Refusal } from "@bearerkit/core"
import type { Context } from "hono"

/** What `bearerAuth` stores for later middleware. */
export interface Guard {
  readonly caller: Caller<unknown> | undefined
  /** Calls the hook and returns the response. */
  readonly refuse: (refusal: Refusal) => Response
  readonly demand: Authorizer<unknown>["demand"]
}

const variable = "bearerkit.guard"

export const setGuard = (c: Context, guard: Guard): void => c.set(variable, guard)

/** The caller that `bearerAuth` has let in, if it ran before. */
export const callerOf = (c: Context): Caller<unknown> | undefined => {
  const guard: Guard | undefined = c.get(variable)
  return guard?.caller
}

/** Whether `bearerAuth` ran before. */
export const wasGuarded = (c: Context): boolean => c.get(variable) !== undefined

/** The response of `bearerAuth` if another token is required; `undefined` if it did not run. */
export const tokenWanted = (c: Context): Response | undefined => {
  const guard: Guard | undefined = c.get(variable)
  const refusal = guard?.demand(guard.caller, () => ({ _tag: "TokenInactive", accordingTo: "the issuer" }))
  return guard && refusal && guard.refuse(refusal)
}

/** Throws a `BearerError` if `bearerAuth` did not run before. */
export const guardOf = (c: Context, name: string): Guard => {
  const guard: Guard | undefined = c.get(variable)
  if (guard !== undefined) return guard
  const fix = "Put bearerAuth(...) before it, on the same path."
  throw new BearerError("invalid_options", `${name} needs a caller and no bearerAuth came before it. ${fix}`, { fix })
}
