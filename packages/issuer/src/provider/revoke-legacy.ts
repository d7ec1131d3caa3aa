import type { KoaContextWithOIDC } from "oidc-provider"
import type Provider from "oidc-provider"

import type { Context } from "../context.ts"

/** Lets the revocation endpoint (RFC 7009) end the refresh tokens of the old endpoints too. */
export const revokeLegacyTokens = (provider: Provider, { refreshTokens }: Context): void => {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
    if (ctx.status !== 200 || oidc?.route !== "revocation") return
    refreshTokens.revoke(String(oidc.params?.["token"]), oidc.client?.clientId ?? "")
  })
}
