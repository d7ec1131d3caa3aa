import type { errors, TokenEndpointGrantContext } from "oidc-provider"

import type { Client } from "../config/client.ts"
import type { Context } from "../context.ts"
import { toAudience } from "../provider/resource.ts"
import { DelegationRefused } from "./refused.ts"

/** What is known of a delegation while it is checked. */
export interface Seen {
  subject?: string
  target?: string
}

interface Attempt {
  readonly ctx: TokenEndpointGrantContext
  readonly grant: string
  /** The error of the wire for a refusal. */
  readonly toError: (refused: DelegationRefused, ctx: TokenEndpointGrantContext) => errors.OIDCProviderError
}

/** Runs a delegation of the token endpoint; a refusal is recorded before it is answered. */
export const recordingRefusal = async (
  context: Context,
  { ctx, grant, toError }: Attempt,
  run: (caller: Client, seen: Seen) => Promise<void>,
): Promise<void> => {
  const { clientId } = ctx.oidc.client
  const seen: Seen = targetOf(ctx)
  try {
    const caller = context.config.clients.get(clientId)
    if (caller === undefined) throw new DelegationRefused("unknown_caller", "the client is unknown")
    await run(caller, seen)
  } catch (error) {
    if (!(error instanceof DelegationRefused)) throw error
    context.refusals.add({ client: clientId, ...seen, reason: error.reason, grant })
    throw toError(error, ctx)
  }
}

/** The target as the request names it. */
const targetOf = ({ oidc }: TokenEndpointGrantContext): Seen => {
  const { resource } = oidc.params
  return typeof resource === "string" ? { target: toAudience(resource) } : {}
}
