import type { KoaContextWithOIDC, ResourceServer } from "oidc-provider"
import Provider, { errors } from "oidc-provider"

import type { Api } from "../config/api.ts"
import type { Context } from "../context.ts"

const PREFIX = "urn:bearerkit:audience:"

/** The resource indicator (RFC 8707 §2: an absolute URI) that stands for an audience, which may be any text. */
export const toResource = (audience: string): string => {
  const usable = URL.canParse(audience) && !audience.includes("#")
  return usable ? audience : PREFIX + encodeURIComponent(audience)
}

/** The audience behind a resource indicator. */
export const toAudience = (resource: string): string => {
  if (!resource.startsWith(PREFIX)) return resource
  try {
    return decodeURIComponent(resource.slice(PREFIX.length))
  } catch {
    return resource
  }
}

/** The API behind a resource indicator as oidc-provider wants it, with the scopes that this client may have. */
export const resourceServerOf = (context: Context, resource: string, clientId: string): ResourceServer => {
  const api = context.config.apis.get(toAudience(resource))
  if (api === undefined) throw new errors.InvalidTarget("the audience or resource is unknown; list it under apis")
  const allowed = context.config.clients.get(clientId)?.scopes
  return {
    audience: api.audience,
    scope: api.scopes.filter((scope) => allowed?.has(scope) ?? true).join(" "),
    accessTokenTTL: api.tokenLifetime,
    accessTokenFormat: "jwt",
    jwt: { sign: signatureOf(api) },
  }
}

const signatureOf = (api: Api) =>
  api.key === undefined ? ({ alg: "RS256" } as const) : ({ alg: "HS256", key: api.key } as const)

/** Lets the parameter `audience` mean the same as `resource`, in every request of an authenticated client. */
export const acceptAudience = (provider: Provider): void => {
  class OIDCContext extends provider.OIDCContext {
    override entity(key: string, value: unknown): void {
      super.entity(key, value)
      if (key === "Client" && this.params !== undefined) translate(this.params)
    }
  }
  Object.defineProperty(provider, "OIDCContext", { value: OIDCContext })
}

/** The resource indicator for the audience of a pushed request, whose parameters come after its client. */
export const resourceIn = ({ oidc }: KoaContextWithOIDC): string | undefined => {
  const audience = oidc.params?.["audience"]
  return typeof audience === "string" && audience !== "" ? toResource(audience) : undefined
}

/** Refuses a request whose audience and resource name different targets. */
export const assertOneTarget = ({ oidc }: KoaContextWithOIDC, audience: unknown): void => {
  const resource = oidc.params?.["resource"]
  if (typeof audience !== "string" || resource === undefined || resource === toResource(audience)) return
  throw new errors.InvalidTarget("audience and resource name different targets")
}

/** Refuses a target that a refresh token is not for. oidc-provider looks only after it has spent the token. */
export const assertGrantedTarget = ({ oidc }: KoaContextWithOIDC): void => {
  const resource = oidc.params?.["resource"]
  if (resource === undefined) return
  if (typeof resource === "string" && oidc.entities.RefreshToken?.resourceIndicators.has(resource)) return
  throw new errors.InvalidTarget("the refresh token is not for this audience or resource")
}

const translate = (params: NonNullable<KoaContextWithOIDC["oidc"]["params"]>): void => {
  const { audience, resource } = params
  if (audience === undefined) return
  if (typeof audience !== "string") throw new errors.InvalidTarget("the parameter audience must be given once")
  const translated = toResource(audience)
  if (resource !== undefined && resource !== translated) {
    throw new errors.InvalidTarget("audience and resource name different targets")
  }
  params["resource"] = translated
  params["audience"] = undefined
}
