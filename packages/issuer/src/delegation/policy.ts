import type { CheckedConfig } from "../config/check.ts"
import type { Client } from "../config/client.ts"
import type { Delegation } from "../config/delegation.ts"
import { DELEGATION, JWT_BEARER, TOKEN_EXCHANGE } from "../grant/grant-type.ts"
import { DelegationRefused } from "./refused.ts"

/** Refuses a caller that the target's list leaves out; without a list every client may delegate. */
export const assertAllowed = (target: Delegation, caller: Client): void => {
  if (target.allowedCallers?.has(caller.id) ?? true) return
  const list = target.allowedCallers?.size === 0 ? "nobody may" : "the client is not on its allowedCallers"
  throw new DelegationRefused("caller_not_allowed", `delegation to this target is restricted: ${list}`)
}

/** The targets that every client with the grant may delegate to, as long as some client has it. */
export const openTargets = ({ clients, apis }: CheckedConfig): ReadonlyArray<string> => {
  const callers = [...clients.values()]
  const exchange = callers.some(
    ({ grants, api }) => grants.has(TOKEN_EXCHANGE) || (grants.has(JWT_BEARER) && api !== undefined),
  )
  const delegation = callers.some(({ grants }) => grants.has(DELEGATION))
  const isOpen = ({ allowedCallers }: Delegation): boolean => allowedCallers === undefined
  return [
    ...[...apis.values()]
      .filter((api) => isOpen(api) && (exchange || (delegation && api.key !== undefined)))
      .map(({ audience }) => audience),
    ...callers.filter((client) => isOpen(client) && delegation && client.legacy !== undefined).map(({ id }) => id),
  ]
}
