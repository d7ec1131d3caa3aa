import type { TokenEndpointGrantContext } from "oidc-provider"
import type Provider from "oidc-provider"

import type { Client } from "../config/client.ts"
import type { Context } from "../context.ts"
import { actOf } from "./actor.ts"
import { type IssuedToken, TokenError } from "./issued-token.ts"
import { DelegationRefused } from "./refused.ts"
import { assertBare, isJwt, type TokenUse, verifyIssued } from "./verify-issued.ts"

/** A token in a request, and its declared type. */
export interface PresentedToken {
  readonly token: string
  readonly use: TokenUse
  readonly role: "subject" | "actor"
  readonly caller: Client
}

/**
 * The token that a caller presents, if it is ours, valid, and the caller's business: issued to it, or for it.
 *
 * A token that was issued to others and for others cannot be traded.
 */
export const readPresented = async (
  context: Context,
  ctx: TokenEndpointGrantContext,
  { token, use, role, caller }: PresentedToken,
): Promise<IssuedToken> => {
  const reason = role === "subject" ? "bad_subject_token" : "bad_actor_token"
  try {
    assertBare(token)
    const opaque = use === "access_token" && !isJwt(token)
    const issued = opaque ? await findOpaque(ctx.oidc.provider, token) : await verifyIssued(context, token, use)
    assertConcerns(issued, caller, use)
    const legacy = actOf(context.legacyChains.actorsOf(issued.claims))
    return issued.act === undefined ? { ...issued, act: legacy } : issued
  } catch (error) {
    throw error instanceof TokenError ? new DelegationRefused(reason, `the ${role} token ${error.message}`) : error
  }
}

const assertConcerns = ({ audience, client }: IssuedToken, caller: Client, use: TokenUse): void => {
  if (audience !== undefined && (audience === caller.id || audience === caller.api)) return
  if (use !== "id_token" && client === caller.id) return
  throw new TokenError(
    use === "id_token"
      ? "is an ID token for another client"
      : "was issued neither to this client nor for its API; link them with api in the client's configuration",
  )
}

const findOpaque = async (provider: Provider, token: string): Promise<IssuedToken> => {
  const found = (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token))
  if (found === undefined) throw new TokenError("is not one of this issuer, or has expired")
  const accountId = "accountId" in found ? found.accountId : undefined
  const jkt = "jkt" in found ? found.jkt : undefined
  return {
    subject: typeof accountId === "string" ? accountId : (found.clientId ?? ""),
    audience: undefined,
    client: found.clientId,
    expires: found.exp ?? 0,
    scopes: [...found.scopes],
    exchangedFrom: [],
    act: undefined,
    mayAct: found.extra?.["may_act"],
    jkt: typeof jkt === "string" ? jkt : undefined,
    claims: {},
  }
}
