import type { KoaContextWithOIDC, UnknownObject } from "oidc-provider"
import type Provider from "oidc-provider"
import { errors } from "oidc-provider"

import type { Context } from "../context.ts"
import { UNSUPPORTED_TOKEN_TYPE } from "./introspect-jwt.ts"
import { explainRedirectUri } from "./redirect-uri-refused.ts"

const TOLERANCE_SECONDS = 15
const MAX_LIFETIME_SECONDS = 3600

/** What RFC 7523 and RFC 10070 ask of a client assertion and oidc-provider leaves open; its signature was checked. */
export const assertClientAssertion = (ctx: KoaContextWithOIDC, claims: UnknownObject): void => {
  const { issuer } = ctx.oidc
  const { aud, iat, exp } = claims
  const now = Math.floor(Date.now() / 1000)
  const audience = Array.isArray(aud) && aud.length === 1 ? (aud[0] as unknown) : aud
  if (audience !== issuer) throw refused(`aud must be the issuer identifier ${issuer} and nothing else (RFC 10070)`)
  if (typeof iat === "number" && iat > now + TOLERANCE_SECONDS) {
    throw refused("issued in the future; is the client's clock ahead?")
  }
  if (typeof exp === "number" && exp > now + MAX_LIFETIME_SECONDS + TOLERANCE_SECONDS) {
    throw refused(`exp is more than ${MAX_LIFETIME_SECONDS} seconds ahead; is the client's clock ahead?`)
  }
}

const refused = (detail: string): errors.InvalidClientAuth => new errors.InvalidClientAuth({ detail })

/** Says why a client assertion or a grant was refused; oidc-provider keeps that to itself. */
export const explainRefusals = (provider: Provider, context: Context): void => {
  const logRefusal = ({ method, path }: KoaContextWithOIDC, error: errors.OIDCProviderError, why?: string): void => {
    const reason = why === undefined ? "" : ` (${why.replaceAll(/[^\x20-\x7E]/g, "?")})`
    context.log(`${method} ${path} refused: ${error.error ?? error.name}${reason}`)
  }
  const explain = (ctx: KoaContextWithOIDC, error: errors.OIDCProviderError): void => {
    const { error_detail: detail } = error
    // Answered after all.
    if (ctx.oidc.route === "introspection" && error.error === UNSUPPORTED_TOKEN_TYPE) return
    // RFC 6749 §5.2 has a code of its own for it.
    if (error.error_description === NOT_ALLOWED)
      ctx.body = { error: "unauthorized_client", error_description: NOT_ALLOWED }
    const description = explainRedirectUri(context, ctx, error.error_description)
    logRefusal(ctx, error, detail ?? description)
    if (description !== error.error_description) ctx.body = { error: error.error, error_description: description }
    const isAssertion = error instanceof errors.InvalidClientAuth && ctx.oidc.params?.["client_assertion"] !== undefined
    if (detail === undefined || !(isAssertion || error instanceof errors.InvalidGrant)) return
    const body: unknown = ctx.body
    if (typeof body !== "object" || body === null) return
    const subject = isAssertion ? "client assertion: " : ""
    ctx.body = { ...body, error_description: subject + (CLOCK_HINTS.get(detail) ?? detail) }
  }
  provider.on("authorization.error", (ctx, error) =>
    logRefusal(ctx, error, error.error_detail ?? explainRedirectUri(context, ctx, error.error_description)),
  )
  provider.on("grant.error", explain)
  provider.on("introspection.error", explain)
  provider.on("revocation.error", explain)
  provider.on("pushed_authorization_request.error", explain)
  provider.on("device_authorization.error", explain)
}

/** How oidc-provider says that a client lacks a grant. */
export const NOT_ALLOWED = "requested grant type is not allowed for this client"

const CLOCK_HINTS = new Map([
  ["jwt expired", "expired; is the client's clock behind?"],
  ["jwt not active yet", "not valid yet; is the client's clock ahead?"],
])
