import type { IncomingMessage } from "node:http"
import { decodeJwt, type JWTPayload } from "jose"
import { addOns } from "./add-ons.ts"
import { type Form, invalidRequest, one, readLegacy, Refused, required } from "./form.ts"
import { bob, clients, eve, type ForeignClient } from "./registry.ts"
import { mintIdToken, mintOpaque, type State, verifyIdToken } from "./state.ts"

const jwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer"

/** POST /oauth/ro as the old documentation has it. */
export const oauthRo = async (state: State, request: IncomingMessage): Promise<unknown> => {
  const form = await readLegacy(request)
  const client = clientOf(form, "oauth-ro")
  if (required(form, "connection") !== bob.connection) throw invalidRequest("the connection was not found")
  const scopes = (one(form, "scope") ?? "").split(" ")
  if (scopes.includes("offline_access")) required(form, "device")
  const sub = await personOf(state, client, form)
  const accessToken = mintOpaque(state)
  state.opaque.set(accessToken, { sub })
  const answer: Record<string, string> = { access_token: accessToken, token_type: "bearer" }
  if (scopes.includes("openid")) answer["id_token"] = await mintIdToken(state, client, claimsFor(sub, scopes))
  if (scopes.includes("offline_access")) answer["refresh_token"] = newLegacyRefreshToken(state, client, sub)
  return answer
}

/** POST /delegation */
export const delegation = async (state: State, request: IncomingMessage): Promise<unknown> => {
  const form = await readLegacy(request)
  const client = clientOf(form, "delegation")
  if (required(form, "grant_type") !== jwtBearer) throw invalidRequest("grant_type must be jwt-bearer")
  const sub = await sourceOf(state, client, form)
  const target = clients.get(one(form, "target") ?? client.id)
  if (target === undefined) throw invalidRequest("the target is unknown")
  if (target.allowedCallers?.includes(client.id) === false) {
    throw new Refused(403, "unauthorized_client", "this client may not delegate to the target")
  }
  const apiType = one(form, "api_type") ?? "app"
  const addOn = addOns[apiType]
  if (addOn !== undefined) return addOn()
  if (apiType !== "app" && apiType !== "auth0") throw invalidRequest("the api_type is not supported")
  const idToken = await mintIdToken(state, target, claimsFor(sub, (one(form, "scope") ?? "").split(" ")))
  const { exp = 0, iat = 0 } = decodeJwt(idToken)
  return { token_type: "Bearer", expires_in: exp - iat, id_token: idToken }
}

/** POST /tokeninfo */
export const tokeninfo = async (state: State, request: IncomingMessage): Promise<unknown> => {
  const idToken = required(await readLegacy(request), "id_token")
  const { sub } = await anyIdToken(state, idToken)
  const [provider, userId] = String(sub).split("|")
  return {
    user_id: sub,
    email: bob.email,
    email_verified: false,
    name: "Bob",
    nickname: "bob",
    picture: "https://store.example/bob.png",
    clientID: decodeJwt(idToken).aud,
    identities: [{ user_id: userId, provider, connection: bob.connection, isSocial: false }],
    created_at: "2014-05-06T07:08:09.000Z",
    updated_at: "2014-05-06T07:08:09.000Z",
    global_client_id: "global",
  }
}

const clientOf = (form: Form, grant: string): ForeignClient => {
  const client = clients.get(required(form, "client_id"))
  if (client === undefined || !client.grants.includes(grant))
    throw new Refused(403, "unauthorized_client", "invalid client")
  const secret = one(form, "client_secret")
  if (secret !== undefined && secret !== client.secret) throw new Refused(403, "unauthorized_client", "invalid client")
  return client
}

const personOf = async (state: State, client: ForeignClient, form: Form): Promise<string> => {
  const grant = required(form, "grant_type")
  if (grant === jwtBearer) {
    required(form, "device")
    const source = required(form, "id_token")
    return verifyIdToken(state, client, source).then(
      ({ sub }) => sub ?? "",
      () => {
        throw new Refused(400, "invalid_grant", "the id_token is not valid")
      },
    )
  }
  if (grant !== "password") throw new Refused(400, "unsupported_grant_type", "the grant is unknown")
  const [username, password] = [required(form, "username"), required(form, "password")]
  if (username === bob.username && password === bob.password) return bob.sub
  if (username === eve.username && password === eve.password) throw new Refused(401, "unauthorized", "user is blocked")
  throw new Refused(401, "invalid_user_password", "Wrong email or password.")
}

/** `id_token` xor `refresh_token`; the ID token must be one of the calling client. */
const sourceOf = async (state: State, client: ForeignClient, form: Form): Promise<string> => {
  const [idToken, refreshToken] = [one(form, "id_token"), one(form, "refresh_token")]
  if ((idToken === undefined) === (refreshToken === undefined)) {
    throw invalidRequest("either id_token or refresh_token is needed")
  }
  if (refreshToken !== undefined) {
    const grant = state.refreshTokens.get(refreshToken)
    if (grant?.clientId === client.id) return grant.sub
    throw new Refused(401, "invalid_grant", "the refresh_token is not valid")
  }
  return verifyIdToken(state, client, idToken ?? "").then(
    ({ sub }) => sub ?? "",
    () => {
      throw new Refused(401, "invalid_grant", "the id_token is not valid, not for this client, or has expired")
    },
  )
}

const anyIdToken = async (state: State, token: string): Promise<JWTPayload> => {
  for (const client of clients.values()) {
    const payload = await verifyIdToken(state, client, token).catch(() => undefined)
    if (payload !== undefined) return payload
  }
  throw new Refused(401, "invalid_token", "the id_token is not valid")
}

/** `openid` alone gives the bare token, `profile` everything, else the attributes that are named. */
const claimsFor = (sub: string, scopes: ReadonlyArray<string>): JWTPayload => ({
  sub,
  ...(scopes.includes("profile") && { name: "Bob", nickname: "bob" }),
  ...((scopes.includes("email") || scopes.includes("profile")) && { email: bob.email }),
})

const newLegacyRefreshToken = (state: State, client: ForeignClient, sub: string): string => {
  const value = `legacy-${mintOpaque(state)}`
  state.refreshTokens.set(value, { clientId: client.id, sub, scopes: [], audience: client.id })
  return value
}
