import type { CheckedConfig } from "../config/check.ts"
import type { Delegation } from "../config/delegation.ts"
import { DelegationRefused } from "../delegation/refused.ts"
import { lifetimeOf } from "./id-token.ts"

/** The audience of a delegated token: a client or an API that has its own secret. */
export interface DelegationTarget extends Delegation {
  readonly id: string
  readonly key: Uint8Array
  /** Seconds. */
  readonly lifetime: number
}

export const targetOf = ({ clients, apis }: CheckedConfig, name: string): DelegationTarget => {
  const client = clients.get(name)
  const api = apis.get(name)
  if (client?.legacy !== undefined) {
    return { ...client, key: client.legacy.key, lifetime: lifetimeOf(client) }
  }
  if (api?.key !== undefined) return { ...api, id: name, key: api.key, lifetime: api.tokenLifetime }
  const known = client !== undefined || api !== undefined
  throw new DelegationRefused(
    "unknown_target",
    known ? "the target has no secret of its own; exchange the token at /token instead" : "the target is unknown",
  )
}
