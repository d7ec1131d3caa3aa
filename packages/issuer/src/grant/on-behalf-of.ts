import type { TokenEndpointGrantContext } from "oidc-provider"
import { errors } from "oidc-provider"

import type { CheckedConfig } from "../config/check.ts"
import type { Client } from "../config/client.ts"
import type { Context } from "../context.ts"
import { delegate } from "../delegation/delegate.ts"
import { readPresented } from "../delegation/presented-token.ts"
import { recordingRefusal } from "../delegation/recording.ts"
import { DelegationRefused } from "../delegation/refused.ts"
import { toResource } from "../provider/resource.ts"
import { ON_BEHALF_OF } from "./grant-type.ts"
import { requiredText } from "./person-login.ts"
import { readTarget } from "./token-exchange-request.ts"

/** On-behalf-of as Entra ID does it: the access token that an API received, for one to call the next API with. */
export const exchangeOnBehalfOf = (context: Context, ctx: TokenEndpointGrantContext): Promise<void> =>
  recordingRefusal(context, { ctx, grant: ON_BEHALF_OF, toError }, async (caller, seen) => {
    if (caller.auth === "none") throw new DelegationRefused("grant_off", "on_behalf_of needs a client with credentials")
    const token = requiredText(ctx, "assertion")
    const subject = await readPresented(context, ctx, { token, use: "access_token", role: "subject", caller })
    seen.subject = subject.subject
    assertReceived(subject.audience, caller)
    const target = targetOf(context.config, ctx)
    ctx.body = await delegate(context, ctx, { ...target, caller, subject, actor: undefined, grant: ON_BEHALF_OF })
  })

const assertReceived = (audience: string | undefined, { api }: Client): void => {
  if (audience !== undefined && audience === api) return
  throw new DelegationRefused(
    "bad_subject_token",
    "the assertion is not for the API of this client; set api in its configuration",
  )
}

interface Target {
  readonly resource: string
  readonly requested: ReadonlySet<string>
}

/** The target by `audience` or `resource`; without either by the scopes, each `{audience}/{scope}` or `{audience}/.default`. */
const targetOf = ({ apis }: CheckedConfig, { oidc }: TokenEndpointGrantContext): Target => {
  const { params, requestParamScopes } = oidc
  if (params.resource !== undefined) return { resource: readTarget(params), requested: requestParamScopes }
  const names = [...requestParamScopes].map((scope) => ({ scope, audience: audienceIn(scope, [...apis.keys()]) }))
  const audiences = new Set(names.flatMap(({ audience }) => audience ?? []))
  const [audience] = audiences
  if (audience === undefined || audiences.size > 1) {
    throw new DelegationRefused("unknown_target", "name one API by audience, or by scopes such as {audience}/.default")
  }
  const scopes = names.map(({ scope }) => (scope.startsWith(`${audience}/`) ? scope.slice(audience.length + 1) : scope))
  const all = scopes.includes(".default") ? (apis.get(audience)?.scopes ?? []) : []
  return { resource: toResource(audience), requested: new Set([...scopes, ...all]) }
}

const audienceIn = (scope: string, audiences: ReadonlyArray<string>): string | undefined =>
  audiences.filter((audience) => scope.startsWith(`${audience}/`)).sort((one, other) => other.length - one.length)[0]

// RFC 7523 §3.1 for the assertion; the target and the client have codes of their own.
const toError = ({ reason, message }: DelegationRefused, ctx: TokenEndpointGrantContext): errors.OIDCProviderError => {
  switch (reason) {
    case "unknown_target":
      return new errors.InvalidTarget(message)
    case "caller_not_allowed":
    case "grant_off":
      return new errors.UnauthorizedClient(message)
    case "no_scope":
      return new errors.InvalidScope(message, String(ctx.oidc.params.scope))
    case "bad_request":
      return new errors.InvalidRequest(message)
    default:
      return new errors.InvalidGrant({ detail: message })
  }
}
