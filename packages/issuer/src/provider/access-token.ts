import type { AccessToken, ClientCredentials, KoaContextWithOIDC } from "oidc-provider"
import type Provider from "oidc-provider"

import { fingerprint } from "../audit.ts"
import type { OwnClaims } from "../config/claims.ts"
import type { Context } from "../context.ts"
import { mayActOf } from "../delegation/actor.ts"
import { DEVICE_CODE, REFRESH_TOKEN } from "../grant/grant-type.ts"
import { assertScopeLeft } from "./ignored-scope.ts"

/**
 * Additional claims of an access token: those of the configuration, of the login (RFC 9068 §2.2.1), and of the actors
 * (RFC 8693 §4).
 */
export const extraClaims = async (
  context: Context,
  // The old endpoints issue outside of oidc-provider's requests.
  ctx: KoaContextWithOIDC | undefined,
  token: AccessToken | ClientCredentials,
): Promise<Record<string, unknown>> => {
  const { config, delegated } = context
  // the grants of our own say so before they spend anything
  if (ctx !== undefined && token.kind === "ClientCredentials") assertScopeLeft(context, ctx, token.scope)
  const chain = delegated.get(token)
  const mayAct = mayActOf(config.clients.get(token.clientId ?? ""))
  return {
    ...(await ownClaims(context, token)),
    ...loginClaims(ctx?.oidc.entities),
    ...(mayAct === undefined || chain !== undefined ? {} : { may_act: mayAct }),
    ...chain?.claims,
  }
}

/** A person's claims take precedence over the client's, and these over the API's. */
const ownClaims = async (
  { config, directory }: Context,
  token: AccessToken | ClientCredentials,
): Promise<OwnClaims> => {
  const { clientId = "", aud = "" } = token
  const subject = "accountId" in token ? token.accountId : undefined
  // A directory is not asked again: only people of a database have claims of their own.
  const person = subject?.startsWith("database|") === true ? await directory.find(subject) : undefined
  const api = typeof aud === "string" ? config.apis.get(aud)?.claims : undefined
  return { ...api, ...config.clients.get(clientId)?.claims, ...person?.claims }
}

const loginClaims = (entities?: KoaContextWithOIDC["oidc"]["entities"]): Record<string, unknown> => {
  const source = entities?.AuthorizationCode ?? entities?.RefreshToken ?? entities?.DeviceCode
  if (source === undefined) return {}
  const { acr, amr, authTime } = source
  return Object.fromEntries(
    Object.entries({ acr, amr, auth_time: authTime }).filter(([, value]) => value !== undefined),
  )
}

/** Writes every access token to the audit. */
export const auditAccessTokens = (provider: Provider, { audit, issuer, delegated }: Context): void => {
  const record = (token: AccessToken | ClientCredentials): void => {
    const client = token.clientId ?? ""
    const chain = delegated.get(token)
    audit.add({
      jti: token.resourceServer === undefined ? fingerprint(token.jti) : token.jti,
      client,
      subject: "accountId" in token && typeof token.accountId === "string" ? token.accountId : client,
      audience: token.aud ?? issuer,
      grant: "gty" in token && typeof token.gty === "string" ? grantOf(token.gty) : "client_credentials",
      kind: "access_token",
      ...(token.scope === undefined || token.scope === "" ? {} : { scope: token.scope }),
      ...(chain === undefined ? {} : { actors: chain.actors }),
      ...(chain?.impersonation === true ? { impersonation: true } : {}),
    })
  }
  provider.on("access_token.issued", record)
  provider.on("access_token.saved", record)
  provider.on("client_credentials.issued", record)
  provider.on("client_credentials.saved", record)
}

// oidc-provider adds to the first grant that it was refreshed, and has a name of its own for one.
const grantOf = (gty: string): string => {
  if (gty.endsWith(` ${REFRESH_TOKEN}`)) return REFRESH_TOKEN
  return gty === "device_code" ? DEVICE_CODE : gty
}
