import { randomBytes } from "node:crypto"

import type { Configuration, JWKS } from "oidc-provider"

import type { CheckedConfig } from "../config/check.ts"
import type { Context } from "../context.ts"
import { askForUserCode, confirmDevice, showDeviceDone } from "../interaction/device-page.ts"
import { askForLogout, showLoggedOut } from "../interaction/logout-page.ts"
import { showError } from "../interaction/page.ts"
import { extraClaims } from "./access-token.ts"
import { claimsOf } from "./claims.ts"
import { assertClientAssertion } from "./client-assertion.ts"
import { clientMetadata } from "./client-metadata.ts"
import { interactionPolicyOf } from "./interaction-policy.ts"
import { orUnavailable } from "./login-refused.ts"
import { explainRedirectUri } from "./redirect-uri-refused.ts"
import { assertGrantedTarget, assertOneTarget, resourceIn, resourceServerOf } from "./resource.ts"
import { memoryStorage } from "./storage.ts"

const HOUR = 3600
const DAY = 24 * HOUR

/** The configuration of oidc-provider: clients, APIs, people, keys, pages and features. */
export const configurationOf = (context: Context): Configuration => ({
  adapter: memoryStorage(context.capacity),
  clients: [...context.config.clients.values()].map(clientMetadata),
  jwks: structuredClone(context.keys.signing) as unknown as JWKS,
  cookies: { keys: [randomBytes(32).toString("base64url")] },
  scopes: ["openid", "offline_access", "profile", "email"],
  claims: {
    openid: ["sub", ...ownClaimNames(context.config)],
    profile: ["name", "nickname", "given_name", "family_name", "preferred_username"],
    email: ["email", "email_verified"],
    // Only where a request asks for them (OpenID Connect Core §2, §5.5).
    acr: null,
    amr: null,
    auth_time: null,
  },
  acrValues: [...context.config.acrValues],
  conformIdTokenClaims: false,
  clientAuthMethods: ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"],
  assertJwtClientAuthClaimsAndHeader: async (ctx, claims) => assertClientAssertion(ctx, claims),
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "HS256"] },
  clientBasedCORS: (_ctx, origin, client) =>
    client.redirectUris?.some((uri) => URL.parse(uri)?.origin === origin) === true && origin !== "null",
  extraTokenClaims: (ctx, token) => extraClaims(context, ctx, token),
  pkce: { required: () => true },
  rotateRefreshToken: (ctx) => {
    assertGrantedTarget(ctx)
    return context.config.clients.get(ctx.oidc.client?.clientId ?? "")?.rotateRefreshTokens ?? true
  },
  responseTypes: ["code", "id_token", "id_token token"],
  routes: ROUTES,
  ttl: {
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? HOUR,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? HOUR,
    AuthorizationCode: 60,
    DeviceCode: context.config.deviceFlow.lifetime,
    IdToken: (_ctx, _token, client) => context.config.clients.get(client.clientId)?.legacy?.idTokenLifetime ?? HOUR,
    RefreshToken: 14 * DAY,
    Interaction: HOUR,
    Session: 14 * DAY,
    Grant: 14 * DAY,
  },
  findAccount: async (_ctx, sub) => {
    const account = await orUnavailable(context.directory.find(sub))
    if (account === undefined || account.blocked) return undefined
    return { accountId: sub, claims: () => claimsOf(account) }
  },
  extraParams: { audience: (ctx, audience) => assertOneTarget(ctx, audience) },
  interactions: {
    policy: interactionPolicyOf(context.config),
    url: (_ctx, interaction) => `/interaction/${interaction.uid}`,
  },
  renderError: (ctx, out) => {
    const description = explainRedirectUri(context, ctx, out.error_description)
    showError(ctx, { ...out, ...(description !== undefined && { error_description: description }) })
  },
  fetch: (url, options = {}) => globalThis.fetch(url, withoutGuard(options)),
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => client.clientAuthMethod !== "none" || token.clientId === client.clientId,
    },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    rpInitiatedLogout: { enabled: true, logoutSource: askForLogout, postLogoutSuccessSource: showLoggedOut },
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: {
      enabled: true,
      requireNonce: () => context.config.dpopNonces,
      ...(context.config.dpopNonces ? { nonceSecret: randomBytes(32) } : {}),
    },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: askForUserCode,
      userCodeConfirmSource: confirmDevice,
      successSource: showDeviceDone,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, _client, oneOf) => oneOf ?? resourceIn(ctx),
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource, client) => resourceServerOf(context, resource, client.clientId),
    },
  },
})

const ownClaimNames = ({ connections }: CheckedConfig): ReadonlyArray<string> =>
  connections.flatMap((connection) =>
    connection.strategy === "database" ? connection.users.flatMap(({ claims = {} }) => Object.keys(claims)) : [],
  )

// oidc-provider asks through a dispatcher that refuses this machine. The only requests that go out are logout tokens to
// clients that were configured by hand, and those in development run here.
const withoutGuard = (options: RequestInit & { readonly dispatcher?: unknown }): RequestInit => {
  const { dispatcher: _dispatcher, ...rest } = options
  return rest
}

const ROUTES = {
  authorization: "/authorize",
  token: "/token",
  introspection: "/introspect",
  revocation: "/revoke",
  userinfo: "/userinfo",
  jwks: "/jwks",
  pushed_authorization_request: "/par",
  device_authorization: "/device/auth",
  code_verification: "/device",
  end_session: "/session/end",
}
