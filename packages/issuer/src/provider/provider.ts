import { randomBytes } from "node:crypto"

import type { AccessToken, ClientCredentials, Configuration, JWKS } from "oidc-provider"
import Provider, { errors } from "oidc-provider"

import { fingerprint } from "../audit.ts"
import { IssuerConfigError } from "../config/error.ts"
import type { JsonWebKeySet } from "../config/key.ts"
import type { Context } from "../context.ts"
import { registerJwtBearer } from "../grant/jwt-bearer.ts"
import { registerPassword } from "../grant/password.ts"
import { registerPasswordRealm } from "../grant/password-realm.ts"
import { showError } from "../interaction/page.ts"
import { claimsOf } from "./claims.ts"
import { assertClientAssertion, explainRefusals } from "./client-assertion.ts"
import { clientMetadata } from "./client-metadata.ts"
import { collectSecrets } from "./collect-secrets.ts"
import { orUnavailable } from "./login-refused.ts"
import { auditIdTokens, useLegacyKey } from "./id-token.ts"
import { acceptAudience, resourceServerOf } from "./resource.ts"
import { memoryStorage } from "./storage.ts"

const HOUR = 3600
const DAY = 24 * HOUR

/** The standard endpoints: oidc-provider with this issuer's clients, APIs, people and grants. */
export const makeProvider = async (context: Context, keys: JsonWebKeySet): Promise<Provider> => {
  const provider = new Provider(context.issuer, configurationOf(context, keys))
  provider.proxy = context.issuer.startsWith("https:")
  acceptAudience(provider)
  auditIdTokens(provider, context)
  auditAccessTokens(provider, context)
  explainRefusals(provider, context.log)
  collectSecrets(provider, context.secrets)
  registerPassword(provider, context)
  registerPasswordRealm(provider, context)
  registerJwtBearer(provider, context)
  provider.on("server_error", (ctx, error) =>
    context.log(`${ctx.method} ${ctx.path} failed: ${error.name}: ${error.message}`),
  )
  await registerClients(provider, context)
  return provider
}

const registerClients = async (provider: Provider, { config }: Context): Promise<void> => {
  for (const [index, client] of [...config.clients.values()].entries()) {
    try {
      const registered = await provider.Client.find(client.id)
      if (registered !== undefined) useLegacyKey(registered, client)
    } catch (error) {
      if (!(error instanceof errors.InvalidClientMetadata)) throw error
      throw new IssuerConfigError(`clients[${index}]`, `is not valid: ${error.error_description}`)
    }
  }
}

const configurationOf = (context: Context, keys: JsonWebKeySet): Configuration => ({
  adapter: memoryStorage(),
  clients: [...context.config.clients.values()].map(clientMetadata),
  jwks: keys as unknown as JWKS,
  cookies: { keys: [randomBytes(32).toString("base64url")] },
  scopes: ["openid", "offline_access", "profile", "email"],
  claims: {
    openid: ["sub"],
    profile: ["name", "nickname", "given_name", "family_name", "preferred_username"],
    email: ["email", "email_verified"],
  },
  conformIdTokenClaims: false,
  clientAuthMethods: ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"],
  assertJwtClientAuthClaimsAndHeader: async (ctx, claims) => assertClientAssertion(ctx, claims),
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "HS256"] },
  clientBasedCORS: (_ctx, origin, client) =>
    client.redirectUris?.some((uri) => URL.parse(uri)?.origin === origin) === true && origin !== "null",
  extraParams: ["audience"],
  pkce: { required: () => true },
  rotateRefreshToken: true,
  responseTypes: ["code"],
  routes: ROUTES,
  ttl: {
    AccessToken: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? HOUR,
    ClientCredentials: (_ctx, token) => token.resourceServer?.accessTokenTTL ?? HOUR,
    AuthorizationCode: 60,
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
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  renderError: showError,
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: (_ctx, client, token) => client.clientAuthMethod !== "none" || token.clientId === client.clientId,
    },
    revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
    rpInitiatedLogout: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: (_ctx, _client, oneOf) => oneOf ?? [],
      useGrantedResource: () => true,
      getResourceServerInfo: (_ctx, resource, client) => resourceServerOf(context, resource, client.clientId),
    },
  },
})

const ROUTES = {
  authorization: "/authorize",
  token: "/token",
  introspection: "/introspect",
  revocation: "/revoke",
  userinfo: "/userinfo",
  jwks: "/jwks",
  pushed_authorization_request: "/par",
}

const auditAccessTokens = (provider: Provider, { audit, issuer }: Context): void => {
  const record = (token: AccessToken | ClientCredentials): void => {
    const client = token.clientId ?? ""
    audit.add({
      jti: token.resourceServer === undefined ? fingerprint(token.jti) : token.jti,
      client,
      subject: "accountId" in token && typeof token.accountId === "string" ? token.accountId : client,
      audience: token.aud ?? issuer,
      grant: "gty" in token && typeof token.gty === "string" ? token.gty : "client_credentials",
      kind: "access_token",
      ...(token.scope === undefined || token.scope === "" ? {} : { scope: token.scope }),
    })
  }
  provider.on("access_token.issued", record)
  provider.on("access_token.saved", record)
  provider.on("client_credentials.issued", record)
  provider.on("client_credentials.saved", record)
}
