import type { IncomingMessage } from "node:http"
import { decodeJwt, jwtVerify } from "jose"
import { authenticate } from "./client-authentication.ts"
import { type Form, invalidRequest, one, readForm, Refused, required } from "./form.ts"
import { bob, type ForeignApi, type ForeignClient, signer, voucher } from "./registry.ts"
import { mintAccessToken, mintOpaque, type State } from "./state.ts"
import { apiOf, scopesOf } from "./target.ts"
import { exchange, exchangeNames } from "./token-exchange.ts"

/** POST /token (RFC 6749 §3.2). */
export const token = async (state: State, request: IncomingMessage): Promise<unknown> => {
  const form = await readForm(request)
  const client = await authenticate(state, request, form)
  const grant = required(form, "grant_type")
  const handler = handlers[grant]
  if (handler === undefined) throw new Refused(400, "unsupported_grant_type", "this grant is unknown here")
  if (!client.grants.includes(grant)) throw new Refused(400, "unauthorized_client", "not registered for this grant")
  for (const name of form.keys()) if (!recognized.has(name)) state.unrecognized.add(name)
  return handler(state, client, form)
}

type Handler = (state: State, client: ForeignClient, form: Form) => Promise<unknown>

/** RFC 6749 §4.4 */
const clientCredentials: Handler = (state, client, form) => issue(state, form, { client, sub: client.id })

/** RFC 6749 §4.3; with a realm as the password-realm grant has it. */
const password: Handler = (state, client, form) => {
  const [username, secret] = [required(form, "username"), required(form, "password")]
  if (one(form, "realm") !== undefined) throw invalidRequest("realm belongs to password-realm")
  return personal(state, form, { client, username, secret })
}

const passwordRealm: Handler = (state, client, form) => {
  const [username, secret] = [required(form, "username"), required(form, "password")]
  if (required(form, "realm") !== bob.connection) throw invalidRequest("the realm is unknown")
  return personal(state, form, { client, username, secret })
}

interface Login {
  readonly client: ForeignClient
  readonly username: string
  readonly secret: string
}

const personal = (state: State, form: Form, { client, username, secret }: Login): Promise<unknown> => {
  if (username !== bob.username || secret !== bob.password) {
    throw new Refused(400, "invalid_grant", "Wrong email or password.")
  }
  return issue(state, form, { client, sub: bob.sub })
}

/** RFC 7523 §2.1, §3 */
const jwtBearer: Handler = async (state, client, form) => {
  const assertion = required(form, "assertion")
  try {
    const audience = [state.issuer, `${state.issuer}token`]
    const options = { issuer: voucher, audience, algorithms: ["ES256"], requiredClaims: ["sub", "exp", "jti"] }
    const { payload } = await jwtVerify(assertion, signer.publicKey, options)
    if (state.seenJti.has(payload.jti ?? "")) throw new Error("used before")
    state.seenJti.add(payload.jti ?? "")
  } catch {
    throw new Refused(400, "invalid_grant", "the assertion is not valid")
  }
  return issue(state, form, { client, sub: decodeJwt(assertion).sub ?? "" })
}

/** RFC 6749 §6. A refresh token that was used before ends what came of it (RFC 9700 §4.14.2). */
const refresh: Handler = async (state, client, form) => {
  const value = required(form, "refresh_token")
  const grant = state.refreshTokens.get(value)
  if (grant === undefined || grant.clientId !== client.id) {
    const spent = state.spentRefreshTokens.get(value)
    for (const [other, its] of state.refreshTokens) if (its.sub === spent?.sub) state.refreshTokens.delete(other)
    throw new Refused(400, "invalid_grant", "the refresh token is unknown, revoked or was used before")
  }
  const scopes = scopesOf(form) ?? grant.scopes
  if (scopes.some((scope) => !grant.scopes.includes(scope)))
    throw new Refused(400, "invalid_scope", "more than granted")
  const api = apiOf(form, grant.audience)
  const answer = await answerFor(state, api, { client, sub: grant.sub, scopes })
  if (client.rotates !== true) return answer
  state.refreshTokens.delete(value)
  state.spentRefreshTokens.set(value, grant)
  return { ...answer, refresh_token: newRefreshToken(state, grant) }
}

const handlers: Readonly<Record<string, Handler>> = {
  client_credentials: clientCredentials,
  password,
  "http://auth0.com/oauth/grant-type/password-realm": passwordRealm,
  "urn:ietf:params:oauth:grant-type:jwt-bearer": jwtBearer,
  "urn:ietf:params:oauth:grant-type:token-exchange": exchange,
  refresh_token: refresh,
}

const recognized = new Set(
  [
    ["assertion", "audience", "client_assertion", "client_assertion_type", "client_id", "client_secret", "grant_type"],
    ["password", "realm", "refresh_token", "resource", "scope", "username"],
    exchangeNames,
  ].flat(),
)

interface Granted {
  readonly client: ForeignClient
  readonly sub: string
}

const issue = async (state: State, form: Form, { client, sub }: Granted): Promise<unknown> => {
  const api = apiOf(form)
  const asked = scopesOf(form) ?? api.scopes
  const scopes = asked.filter((scope) => scope !== "offline_access")
  const answer = await answerFor(state, api, { client, sub, scopes })
  if (!asked.includes("offline_access") || sub === client.id) return answer
  const grant = { clientId: client.id, sub, scopes, audience: api.audience }
  return { ...answer, refresh_token: newRefreshToken(state, grant) }
}

const newRefreshToken = (state: State, grant: Parameters<State["refreshTokens"]["set"]>[1]): string => {
  const value = `refresh-${mintOpaque(state)}`
  state.refreshTokens.set(value, grant)
  return value
}

const answerFor = async (
  state: State,
  api: ForeignApi,
  { client, sub, scopes }: Granted & { readonly scopes: ReadonlyArray<string> },
) => {
  if (scopes.some((scope) => !api.scopes.includes(scope))) throw new Refused(400, "invalid_scope", "unknown scope")
  const { audience, lifetime } = api
  const accessToken = await mintAccessToken(state, { sub, audience, clientId: client.id, scopes, lifetime })
  return { access_token: accessToken, token_type: "Bearer", expires_in: lifetime, scope: scopes.join(" ") }
}
