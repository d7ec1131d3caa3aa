import type { IncomingMessage } from "node:http"

import type Provider from "oidc-provider"

import type { Client } from "../config/client.ts"
import type { Account, Connection } from "../connection/connection.ts"
import { LoginError } from "../connection/login-error.ts"
import type { Context } from "../context.ts"
import { OAUTH_RO } from "../grant/grant-type.ts"
import type { Answer } from "../http/answer.ts"
import { readParameters } from "../http/body.ts"
import { rateHeaders } from "../http/rate-headers.ts"
import { remoteAddress } from "../http/remote-address.ts"
import { isFailure } from "../protection/login.ts"
import { lifetimeOf, readLegacyIdToken, signLegacyIdToken } from "./id-token.ts"
import { isSecretOf } from "./client-secret.ts"
import { invalidRequest, LegacyError, toAnswer, usePost } from "./legacy-error.ts"
import { type OauthRoRequest, readOauthRo } from "./oauth-ro-request.ts"

/** `POST /oauth/ro`: a password, or an ID token of this client, for legacy tokens. */
export const makeOauthRo =
  (context: Context, provider: Provider) =>
  async (request: IncomingMessage): Promise<Answer> => {
    if (request.method !== "POST") return usePost("a password")
    context.usage.addGrant(OAUTH_RO)
    const headers: Record<string, string> = {}
    try {
      const parameters = await readParameters(request)
      context.secrets.add(...["password", "client_secret", "id_token"].map((name) => parameters.get(name)))
      const asked = readOauthRo(parameters)
      const client = clientOf(context, asked)
      const connection = connectionOf(context, asked.connection)
      const login = { context, request, asked, client, connection, headers }
      const account = await (asked.grant.type === "password" ? byPassword(login) : byIdToken(login))
      const body = await issue({ context, provider }, { asked, client, account })
      context.secrets.add(body.access_token, body.id_token, body.refresh_token)
      return { status: 200, body, headers }
    } catch (error) {
      return { ...toAnswer(error), headers }
    }
  }

const clientOf = (context: Context, asked: OauthRoRequest): Client => {
  const client = context.config.clients.get(asked.clientId)
  if (client === undefined || !isSecretOf(client, asked.clientSecret)) {
    throw new LegacyError(403, "unauthorized_client", "invalid client")
  }
  if (!client.grants.has(OAUTH_RO)) {
    throw new LegacyError(403, "unauthorized_client", "the client may not use /oauth/ro; its grants lack oauth-ro")
  }
  return client
}

const connectionOf = (context: Context, name: string): Connection => {
  const connection = context.directory.get(name)
  if (connection === undefined) throw invalidRequest("the connection was not found")
  if (connection.disabled) throw invalidRequest("the connection was disabled")
  return connection
}

interface LoginOf {
  readonly context: Context
  readonly request: IncomingMessage
  readonly asked: OauthRoRequest
  readonly client: Client
  readonly connection: Connection
  readonly headers: Record<string, string>
}

const byPassword = async ({ context, request, asked, client, connection, headers }: LoginOf): Promise<Account> => {
  if (asked.grant.type !== "password") throw new Error("not a password request")
  const { username, password } = asked.grant
  const ip = remoteAddress(request, client.forwardedFor && asked.clientSecret !== undefined)
  const { rate, outcome } = await context.login({ connection, username, password, ip })
  Object.assign(headers, rateHeaders(rate, isFailure(outcome) ? outcome : undefined))
  if (isFailure(outcome)) throw new LegacyError(outcome.status, outcome.error, outcome.description)
  return outcome
}

const byIdToken = async ({ context, asked, client, connection }: LoginOf): Promise<Account> => {
  if (asked.grant.type !== "jwt-bearer") throw new Error("not an ID token request")
  const claims = await readLegacyIdToken(context, client, asked.grant.idToken)
  if (claims === undefined)
    throw new LegacyError(400, "invalid_grant", "the id_token is not a valid one of this client")
  if (context.legacyChains.actorsOf(claims).length > 0) {
    throw new LegacyError(400, "invalid_grant", "the id_token was delegated; only one of a login can log in again")
  }
  const account = claims.sub.startsWith(`${connection.strategy}|`)
    ? await connection.find(claims.sub.slice(connection.strategy.length + 1))
    : undefined
  if (account === undefined) throw new LegacyError(400, "invalid_grant", "the user of the id_token does not exist")
  if (account.blocked) throw new LoginError("UserBlocked")
  return account
}

interface Issuing {
  readonly context: Context
  readonly provider: Provider
}

interface LoggedIn {
  readonly asked: OauthRoRequest
  readonly client: Client
  readonly account: Account
}

// There is no expires_in: a client reads exp of the id_token.
const issue = async ({ context, provider }: Issuing, { asked, client, account }: LoggedIn) => {
  const { scopes, device } = asked
  const login = { account, scopes, grant: OAUTH_RO }
  const stored = { clientId: client.id, sub: account.sub, scopes, device }
  return {
    access_token: await issueAccessToken(provider, client, login),
    ...(scopes.has("openid") ? { id_token: await signLegacyIdToken(context, client, login) } : {}),
    token_type: "bearer",
    ...(scopes.has("offline_access") ? { refresh_token: context.refreshTokens.issue(stored) } : {}),
  }
}

const issueAccessToken = async (
  provider: Provider,
  client: Client,
  { account, scopes }: { readonly account: Account; readonly scopes: ReadonlySet<string> },
): Promise<string> => {
  const registered = await provider.Client.find(client.id)
  if (registered === undefined) throw new LegacyError(403, "unauthorized_client", "invalid client")
  const scope = ["openid", "profile", "email"].filter((name) => scopes.has(name)).join(" ")
  const grant = new provider.Grant({ accountId: account.sub, clientId: client.id })
  if (scope !== "") grant.addOIDCScope(scope)
  const token = new provider.AccessToken({
    client: registered,
    accountId: account.sub,
    grantId: await grant.save(),
    gty: OAUTH_RO,
    scope,
    expiresIn: lifetimeOf(client),
  })
  return token.save()
}
