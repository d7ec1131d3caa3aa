import Provider, { errors } from "oidc-provider"

import { IssuerConfigError } from "../config/error.ts"
import type { Context } from "../context.ts"
import { registerJwtBearer } from "../grant/jwt-bearer.ts"
import { registerPassword } from "../grant/password.ts"
import { registerPasswordRealm } from "../grant/password-realm.ts"
import { registerTokenExchange } from "../grant/token-exchange.ts"
import { auditAccessTokens } from "./access-token.ts"
import { nameIssuer } from "./authorization-response.ts"
import { explainRefusals } from "./client-assertion.ts"
import { collectSecrets } from "./collect-secrets.ts"
import { configurationOf } from "./configuration.ts"
import { countUsage } from "./count-usage.ts"
import { beginWithSession, tellInterval } from "./device-flow.ts"
import { auditIdTokens, useLegacyKey } from "./id-token.ts"
import { recordForbiddenExchanges } from "./forbidden-exchange.ts"
import { logIgnoredScopes } from "./ignored-scope.ts"
import { introspectJwts } from "./introspect-jwt.ts"
import { acceptAudience } from "./resource.ts"
import { revokeLegacyTokens } from "./revoke-legacy.ts"

/** The standard endpoints: oidc-provider with this issuer's clients, APIs, people and grants. */
export const makeProvider = async (context: Context): Promise<Provider> => {
  const provider = new Provider(context.issuer, configurationOf(context))
  provider.proxy = context.issuer.startsWith("https:")
  for (const extend of [...extensions, ...grants, logFailures]) extend(provider, context)
  await registerClients(provider, context)
  return provider
}

type Extend = (provider: Provider, context: Context) => void

/** A request passes their middleware in this order. */
const extensions: ReadonlyArray<Extend> = [
  acceptAudience,
  auditIdTokens,
  auditAccessTokens,
  explainRefusals,
  logIgnoredScopes,
  recordForbiddenExchanges,
  (provider, { secrets }) => collectSecrets(provider, secrets),
  revokeLegacyTokens,
  introspectJwts,
  countUsage,
  nameIssuer,
  tellInterval,
  beginWithSession,
]

const grants: ReadonlyArray<Extend> = [
  registerPassword,
  registerPasswordRealm,
  registerJwtBearer,
  registerTokenExchange,
]

const logFailures: Extend = (provider, { log }) => {
  provider.on("backchannel.error", (_ctx, error, client) =>
    log(`the logout token for ${client.clientId} was not taken: ${error.message}`),
  )
  provider.on("server_error", (ctx, error) => log(`${ctx.method} ${ctx.path} failed: ${error.name}: ${error.message}`))
  // Koa's own prints.
  Object.assign(provider, { onerror: (error: Error) => log(`a request failed: ${error.name}: ${error.message}`) })
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
