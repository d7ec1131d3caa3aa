import type { KoaContextWithOIDC } from "oidc-provider"
import type Provider from "oidc-provider"
import { errors } from "oidc-provider"

import type { Context } from "../context.ts"
import { REFRESH_TOKEN } from "../grant/grant-type.ts"
import { printable } from "../http/printable.ts"
import { toAudience } from "./resource.ts"

/**
 * Says in the log which scopes of a request are ignored and why; the answer says what was granted instead.
 *
 * @see RFC 6749 §3.3, §5.1
 */
export const logIgnoredScopes = (provider: Provider, context: Context): void => {
  provider.use(async (ctx, next) => {
    await next()
    const { oidc } = ctx as unknown as Partial<KoaContextWithOIDC>
    if (oidc?.client === undefined || !ROUTES.has(oidc.route) || ctx.status >= 400) return
    const found = ignoredIn(context, ctx as KoaContextWithOIDC)
    if (found !== undefined) context.log(`scope ignored: ${printable(found.ignored.join(" "))} (${found.why})`)
  })
}

/**
 * Refuses a token request that asks for a scope of which nothing may be granted: a scope is never empty, and without one
 * in the answer all that was asked for would count as granted.
 *
 * @see RFC 6749 §3.3, §5.1, §5.2
 */
export const assertScopeLeft = (context: Context, ctx: KoaContextWithOIDC, granted = ""): void => {
  const found = granted === "" ? ignoredIn(context, ctx) : undefined
  if (found !== undefined) throw new errors.InvalidScope(`${NOTHING_LEFT} (${found.why})`, found.scope)
}

/** What is said where nothing of a scope may be granted. */
export const NOTHING_LEFT = "nothing of the scope may be granted"

interface Ignored {
  /** As it was asked for. */
  readonly scope: string
  readonly ignored: ReadonlyArray<string>
  readonly why: string
}

const ignoredIn = (context: Context, { oidc, query }: KoaContextWithOIDC): Ignored | undefined => {
  const { audience, resource = audience, grant_type: grant } = oidc.params ?? {}
  // oidc-provider has dropped some of the parameter already
  const scope = oidc.body?.["scope"] ?? query["scope"]
  // a refresh token knows its target
  if (typeof scope !== "string" || grant === REFRESH_TOKEN) return undefined
  const [target, ...others] = [resource].flat()
  if (others.length > 0) return undefined
  const { clientId = "" } = oidc.client ?? {}
  const known = scopesFor(context, clientId, target)
  const ignored = scope.split(" ").filter((name) => name !== "" && !known.includes(name) && !OPENID.has(name))
  if (ignored.length === 0) return undefined
  const why =
    typeof target === "string"
      ? `${clientId} may have ${known.join(", ") || "none"} at ${printable(toAudience(target))}`
      : `${clientId} names no audience or resource`
  return { scope, ignored, why }
}

const ROUTES = new Set(["token", "authorization", "pushed_authorization_request", "device_authorization"])
const OPENID = new Set(["openid", "offline_access", "profile", "email"])

const scopesFor = ({ config }: Context, clientId: string, resource: unknown): ReadonlyArray<string> => {
  const scopes = typeof resource === "string" ? config.apis.get(toAudience(resource))?.scopes : undefined
  const allowed = config.clients.get(clientId)?.scopes
  return scopes?.filter((scope) => allowed?.has(scope) ?? true) ?? []
}
