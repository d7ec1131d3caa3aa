import type { KoaContextWithOIDC } from "oidc-provider"
import type Provider from "oidc-provider"

import type { Context } from "../context.ts"
import { grantType, REFRESH_TOKEN } from "../grant/grant-type.ts"

/** Counts the requests of the token endpoint by grant type, and the uses of refresh tokens. */
export const countUsage = (provider: Provider, { usage }: Context): void => {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
    const grant = oidc?.route === "token" ? oidc.params?.["grant_type"] : undefined
    // A request can name anything; only known grant types are kept.
    if (typeof grant !== "string" || grantType(grant) !== grant) return
    usage.addGrant(grant)
    const token = oidc?.params?.["refresh_token"]
    if (grant !== REFRESH_TOKEN || typeof token !== "string") return
    const client = oidc?.client?.clientId ?? ""
    usage.addRefresh({ client, token, grant, outcome: outcomeOf(ctx.body), ...successorIn(ctx.body) })
  })
}

const outcomeOf = (body: unknown): string =>
  typeof body === "object" && body !== null && "error" in body ? String(body.error) : "ok"

const successorIn = (body: unknown): { readonly successor?: string } =>
  typeof body === "object" && body !== null && "refresh_token" in body ? { successor: String(body.refresh_token) } : {}
