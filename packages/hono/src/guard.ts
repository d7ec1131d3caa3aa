import { type Authorizer, BearerError, type Caller, type Refusal } from "@bearerkit/core"
import type { Context } from "hono"

/** What `bearerAuth` leaves for what comes after it. */
export interface Guard {
  readonly caller: Caller<unknown> | undefined
  /** The answer, once the hook has been told. */
  readonly refuse: (refusal: Refusal) => Response
  readonly demand: Authorizer<unknown>["demand"]
}

const variable = "bearerkit.guard"

export const setGuard = (c: Context, guard: Guard): void => c.set(variable, guard)

/** Whom `bearerAuth` has let in, where it has come before. */
export const callerOf = (c: Context): Caller<unknown> | undefined => {
  const guard: Guard | undefined = c.get(variable)
  return guard?.caller
}

/** Whether `bearerAuth` has come before. */
export const wasGuarded = (c: Context): boolean => c.get(variable) !== undefined

/** What `bearerAuth` answers where another token is needed than the one it has let on, if any; nothing where it was not there. */
export const tokenWanted = (c: Context): Response | undefined => {
  const guard: Guard | undefined = c.get(variable)
  const refusal = guard?.demand(guard.caller, () => ({ _tag: "TokenInactive", accordingTo: "the issuer" }))
  return guard && refusal && guard.refuse(refusal)
}

/** Throws a `BearerError` where no `bearerAuth` came before. */
export const guardOf = (c: Context, name: string): Guard => {
  const guard: Guard | undefined = c.get(variable)
  if (guard !== undefined) return guard
  const fix = "Put bearerAuth(...) before it, on the same path."
  throw new BearerError("invalid_options", `${name} needs a caller and no bearerAuth came before it. ${fix}`, { fix })
}
