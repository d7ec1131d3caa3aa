import type { TokenEndpointGrantContext } from "oidc-provider"

import type { Api } from "../config/api.ts"
import type { Client } from "../config/client.ts"
import type { Context } from "../context.ts"
import { orUnavailable } from "../provider/login-refused.ts"
import { type Proof, readProof } from "../provider/dpop.ts"
import { NOTHING_LEFT } from "../provider/ignored-scope.ts"
import { resourceServerOf, toAudience } from "../provider/resource.ts"
import { makeChain } from "./chain.ts"
import type { IssuedToken } from "./issued-token.ts"
import { personOf } from "./person.ts"
import { assertAllowed } from "./policy.ts"
import { DelegationRefused } from "./refused.ts"
import { grantedScopes } from "./scope.ts"

/** A request to act for the subject of a token, at a target. */
export interface DelegationRequest {
  readonly caller: Client
  readonly subject: IssuedToken
  /** Who acts, if it is not the caller. */
  readonly actor: IssuedToken | undefined
  /** The resource indicator, as a token request has it. */
  readonly resource: string
  readonly requested: ReadonlySet<string>
  readonly grant: string
}

/** The issued access token, and its members of the response. */
export interface Delegated {
  readonly access_token: string
  readonly token_type: string
  readonly expires_in: number
  readonly scope?: string
}

/** Trades a token for one of another API: policy, actor, depth, scope and lifetime, in one place for every wire. */
export const delegate = async (
  context: Context,
  ctx: TokenEndpointGrantContext,
  request: DelegationRequest,
): Promise<Delegated> => {
  const { caller, subject, resource, grant } = request
  const { provider, client } = ctx.oidc
  const api = apiOf(context, resource)
  assertAllowed(api, caller)
  await orUnavailable(personOf(context, subject.subject))
  const chain = makeChain(context, { ...request, impersonation: api.impersonation || caller.impersonation })
  const scope = grantedScopes({ requested: request.requested, api, client: caller, chain: chain.steps }).join(" ")
  if (scope === "" && request.requested.size > 0) throw new DelegationRefused("no_scope", NOTHING_LEFT)
  const proof = await readProof(ctx)
  assertKeyProven(subject, proof)
  if (request.actor !== undefined) assertKeyProven(request.actor, proof)
  const token = new provider.AccessToken({
    client,
    accountId: subject.subject,
    grantId: "",
    gty: grant,
    scope,
    ...lifetimeOf(api, subject),
  })
  token.resourceServer = new provider.ResourceServer(resource, resourceServerOf(context, resource, caller.id))
  await proof?.bind(token)
  context.delegated.set(token, chain)
  return {
    access_token: await token.save(),
    token_type: token.tokenType,
    expires_in: token.expiration,
    ...(scope === "" ? {} : { scope }),
  }
}

const apiOf = ({ config }: Context, resource: string): Api => {
  const api = config.apis.get(toAudience(resource))
  if (api !== undefined) return api
  throw new DelegationRefused("unknown_target", "the audience or resource is unknown; list it under apis")
}

const assertKeyProven = ({ jkt }: IssuedToken, proof: Proof | undefined): void => {
  if (jkt === undefined || jkt === proof?.thumbprint) return
  const fix = "send a DPoP proof made with that key (RFC 9449 §5)"
  throw new DelegationRefused("key_not_proven", `a token of the request is bound to a key; ${fix}`)
}

const lifetimeOf = (api: Api, subject: IssuedToken) => {
  const now = Math.floor(Date.now() / 1000)
  // Both, or a second that passes meanwhile would make it outlive the subject token.
  const exp = Math.min(subject.expires, now + api.tokenLifetime)
  if (exp <= now) throw new DelegationRefused("bad_subject_token", "the subject token has expired")
  return { exp, expiresIn: exp - now }
}
