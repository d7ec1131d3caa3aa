import type { KoaContextWithOIDC } from "oidc-provider"
import type Provider from "oidc-provider"

import type { Client } from "../config/client.ts"
import type { Context } from "../context.ts"
import { type IssuedToken, TokenError } from "../delegation/issued-token.ts"
import { verifyIssued } from "../delegation/verify-issued.ts"

/**
 * Lets the introspection endpoint (RFC 7662) answer for JWT access tokens, which oidc-provider refuses.
 *
 * Only to the API that the token is for and to the client that got it (RFC 7662 §4); to all others it is not active.
 */
export const introspectJwts = (provider: Provider, context: Context): void => {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
    const client = context.config.clients.get(oidc?.client?.clientId ?? "")
    if (oidc?.route !== "introspection" || client === undefined || !isRefusedJwt(ctx.body)) return
    ctx.status = 200
    ctx.body = await introspect(context, client, String(oidc.params?.["token"]))
  })
}

/** How oidc-provider refuses a JWT at its endpoints. */
export const UNSUPPORTED_TOKEN_TYPE = "unsupported_token_type"

const isRefusedJwt = (body: unknown): boolean =>
  typeof body === "object" && body !== null && "error" in body && body.error === UNSUPPORTED_TOKEN_TYPE

const introspect = async (context: Context, client: Client, token: string): Promise<object> => {
  try {
    const issued = await verifyIssued(context, token, "access_token")
    if (!concerns(issued, client)) return { active: false }
    return { ...issued.claims, active: true, token_type: issued.jkt === undefined ? "Bearer" : "DPoP" }
  } catch (error) {
    if (error instanceof TokenError) return { active: false }
    throw error
  }
}

const concerns = ({ audience, client }: IssuedToken, { id, api, auth }: Client): boolean =>
  client === id || (auth !== "none" && audience === api)
