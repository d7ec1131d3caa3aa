import type { TokenEndpointGrantContext } from "oidc-provider"
import type Provider from "oidc-provider"
import { errors } from "oidc-provider"

import type { Client } from "../config/client.ts"
import type { Context } from "../context.ts"
import { delegate } from "../delegation/delegate.ts"
import { DelegationRefused } from "../delegation/refused.ts"
import { personOf } from "../delegation/person.ts"
import type { IssuedToken } from "../delegation/issued-token.ts"
import { recordingRefusal } from "../delegation/recording.ts"
import { readPresented } from "../delegation/presented-token.ts"
import { orUnavailable } from "../provider/login-refused.ts"
import { TOKEN_EXCHANGE } from "./grant-type.ts"
import { readExchange, type ExchangeRequest } from "./token-exchange-request.ts"

/** Token exchange (RFC 8693): a token of a subject for one meant for another API, with the actor in `act`. */
export const registerTokenExchange = (provider: Provider, context: Context): void => {
  provider.registerGrantType(
    TOKEN_EXCHANGE,
    (ctx) =>
      recordingRefusal(context, { ctx, grant: TOKEN_EXCHANGE, toError }, async (caller, seen) => {
        const asked = readExchange(ctx)
        const subject = await readPresented(context, ctx, { ...asked.subject, caller, role: "subject" })
        seen.subject = subject.subject
        const actor = await actorOf(context, ctx, { asked, caller })
        const delegated = await delegate(context, ctx, { ...asked, caller, subject, actor, grant: TOKEN_EXCHANGE })
        ctx.body = { ...delegated, issued_token_type: asked.issuedType }
      }),
    PARAMETERS,
    ["resource", "audience"],
  )
}

const PARAMETERS = [
  "subject_token",
  "subject_token_type",
  "actor_token",
  "actor_token_type",
  "requested_token_type",
  "audience",
  "resource",
  "scope",
]

interface Asking {
  readonly asked: ExchangeRequest
  readonly caller: Client
}

const actorOf = async (
  context: Context,
  ctx: TokenEndpointGrantContext,
  { asked, caller }: Asking,
): Promise<IssuedToken | undefined> => {
  if (asked.actor === undefined) return undefined
  const actor = await readPresented(context, ctx, { ...asked.actor, caller, role: "actor" })
  if (actor.act !== undefined) {
    throw new DelegationRefused("bad_actor_token", "the actor token is delegated itself; an actor acts in its own name")
  }
  // what was sent to an API says who called it, and not who acts there
  if (actor.subject !== caller.id && context.config.clients.has(actor.subject)) {
    throw new DelegationRefused("bad_actor_token", "the actor token is that of another client; leave it out")
  }
  await orUnavailable(personOf(context, actor.subject))
  return actor
}

// RFC 8693 §2.2.2: invalid_request, unless it is the target or the client that does not fit.
const toError = ({ reason, message }: DelegationRefused, ctx: TokenEndpointGrantContext): errors.OIDCProviderError => {
  if (reason === "unknown_target") return new errors.InvalidTarget(message)
  if (reason === "no_scope") return new errors.InvalidScope(message, String(ctx.oidc.params.scope))
  return reason === "caller_not_allowed" ? new errors.UnauthorizedClient(message) : new errors.InvalidRequest(message)
}
