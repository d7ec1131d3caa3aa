import type { KoaContextWithOIDC } from "oidc-provider"
import type Provider from "oidc-provider"

import type { Context } from "../context.ts"
import { REFRESH_TOKEN } from "../grant/grant-type.ts"
import { printable } from "../http/printable.ts"
import { toAudience } from "./resource.ts"

/**
 * Says in the log which scopes of a request are ignored and why; the answer says what was granted instead, be it nothing.
 *
 * @see RFC 6749 §3.3, §5.1
 */
export const logIgnoredScopes = (provider: Provider, context: Context): void => {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
    if (oidc?.client === undefined || !ROUTES.has(oidc.route) || ctx.status >= 400) return
    const { audience, resource = audience, grant_type: grant } = oidc.params ?? {}
    // oidc-provider has dropped some of the parameter already
    const scope = oidc.body?.["scope"] ?? ctx.query["scope"]
    // a refresh token knows its target
    if (typeof scope !== "string" || grant === REFRESH_TOKEN) return
    const [target, ...others] = [resource].flat()
    if (others.length > 0) return
    const { clientId } = oidc.client
    const known = scopesFor(context, clientId, target)
    const ignored = scope.split(" ").filter((name) => name !== "" && !known.includes(name) && !OPENID.has(name))
    if (ignored.length === 0) return
    // without a scope in the answer all that was asked for would count as granted
    if (oidc.route === "token") (ctx.body as { scope?: string }).scope ??= ""
    const why =
      typeof target === "string"
        ? `${clientId} may have ${known.join(", ") || "none"} at ${printable(toAudience(target))}`
        : `${clientId} names no audience or resource`
    context.log(`scope ignored: ${printable(ignored.join(" "))} (${why})`)
  })
}

const ROUTES = new Set(["token", "authorization", "pushed_authorization_request", "device_authorization"])
const OPENID = new Set(["openid", "offline_access", "profile", "email"])

const scopesFor = ({ config }: Context, clientId: string, resource: unknown): ReadonlyArray<string> => {
  const scopes = typeof resource === "string" ? config.apis.get(toAudience(resource))?.scopes : undefined
  const allowed = config.clients.get(clientId)?.scopes
  return scopes?.filter((scope) => allowed?.has(scope) ?? true) ?? []
}
