import type { AccessToken, TokenEndpointGrantContext } from "oidc-provider"
import type Provider from "oidc-provider"
import { errors } from "oidc-provider"

import type { Account } from "../connection/connection.ts"
import type { Context } from "../context.ts"
import { bindRefreshToken, readProof } from "../provider/dpop.ts"
import { claimsOf } from "../provider/claims.ts"
import { assertScopeLeft } from "../provider/ignored-scope.ts"
import { resourceServerOf } from "../provider/resource.ts"

const OIDC_SCOPES = ["openid", "profile", "email", "offline_access"]

interface Issue {
  readonly ctx: TokenEndpointGrantContext
  readonly account: Account
}

/** Issues what a person's password earns: an access token and, where the scope asks, an ID and a refresh token. */
export const issuePersonTokens = async (context: Context, { ctx, account }: Issue): Promise<void> => {
  const { provider, client, params } = ctx.oidc
  const target = targetOf(context, ctx)
  const proof = await readProof(ctx)
  const oidcScope = OIDC_SCOPES.filter(
    (scope) =>
      ctx.oidc.requestParamScopes.has(scope) &&
      (scope !== "offline_access" || client.grantTypeAllowed("refresh_token")),
  )
  const scope = target.server === undefined ? oidcScope.join(" ") : target.scope
  const granted = [...new Set([...oidcScope, ...scope.split(" ")])].filter(Boolean).join(" ")
  assertScopeLeft(context, ctx, granted)
  const source = {
    client,
    accountId: account.sub,
    grantId: await saveGrant(provider, { clientId: client.clientId, account, oidcScope, target }),
    gty: params.grant_type,
    scope,
  }
  const accessToken = new provider.AccessToken(source)
  if (target.server !== undefined) accessToken.resourceServer = target.server
  await proof?.bind(accessToken)
  ctx.body = {
    access_token: await accessToken.save(),
    token_type: accessToken.tokenType,
    expires_in: accessToken.expiration,
    ...(granted === "" ? {} : { scope: granted }),
    ...(oidcScope.includes("openid") ? { id_token: await issueIdToken({ ctx, account }, oidcScope) } : {}),
    ...(oidcScope.includes("offline_access")
      ? {
          refresh_token: await issueRefreshToken(ctx, accessToken, {
            ...source,
            scope: granted,
            resource: target.resource,
          }),
        }
      : {}),
  }
}

/** The one API that a token request names, and the scopes granted for it. */
export const targetOf = (context: Context, ctx: TokenEndpointGrantContext) => {
  const { provider, client, params, requestParamScopes } = ctx.oidc
  const { resource } = params
  if (Array.isArray(resource)) throw new errors.InvalidTarget("name one resource only")
  if (resource === undefined) return { resource, server: undefined, scope: "" }
  const info = resourceServerOf(context, resource, client.clientId)
  const server = new provider.ResourceServer(resource, info)
  const scope = [...server.scopes].filter((name) => requestParamScopes.has(name)).join(" ")
  return { resource, server, scope }
}

interface GrantOf {
  readonly clientId: string
  readonly account: Account
  readonly oidcScope: ReadonlyArray<string>
  readonly target: ReturnType<typeof targetOf>
}

const saveGrant = (provider: Provider, { clientId, account, oidcScope, target }: GrantOf): Promise<string> => {
  const grant = new provider.Grant({ accountId: account.sub, clientId })
  if (oidcScope.length > 0) grant.addOIDCScope(oidcScope.join(" "))
  if (target.resource !== undefined) grant.addResourceScope(target.resource, target.scope)
  return grant.save()
}

const issueIdToken = ({ ctx, account }: Issue, scope: ReadonlyArray<string>): Promise<string> => {
  const idToken = new ctx.oidc.provider.IdToken(claimsOf(account), { ctx })
  Object.assign(idToken, { scope: scope.join(" "), mask: {}, rejected: [] })
  return idToken.issue({ use: "idtoken" })
}

type RefreshTokenOf = ConstructorParameters<Provider["RefreshToken"]>[0]

const issueRefreshToken = async (
  ctx: TokenEndpointGrantContext,
  accessToken: AccessToken,
  source: RefreshTokenOf,
): Promise<string> => {
  const { provider } = ctx.oidc
  const refreshToken = new provider.RefreshToken({ ...source, rotations: 0 })
  await bindRefreshToken(ctx, accessToken, refreshToken)
  return refreshToken.save()
}
