import { generateKeyPairSync } from "node:crypto"

import { decodeJwt } from "jose"

import type { ClientConfig, Issuer, IssuerConfig } from "../../src/index.ts"
import { Browser } from "./browser.ts"
import { JWT_BEARER } from "./delegation.ts"
import { as, TOKEN_EXCHANGE, TYPE } from "./exchange.ts"
import { type Answer, type Form, ORDERS, PASSWORD, post, REPORTS, SECRET } from "./issuer.ts"
import { makeKey, sign } from "./keys.ts"
import { authorizeAlice, CALLBACK, codeRequest, passPages, verifier } from "./login.ts"

const assertionKey = makeKey()
const signingKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" })

export const CLOSED = "closed"

/** A client of the new kind that has every grant, one of the old kind, and targets that are open or closed to all. */
export const wiresConfig = (
  connection: NonNullable<IssuerConfig["connections"]>[number],
  client: Partial<ClientConfig> = {},
): IssuerConfig => ({
  jwks: { keys: [{ ...signingKey, kty: "RSA", kid: "wires", alg: "RS256", use: "sig" }] },
  clients: [
    {
      id: "app",
      secret: SECRET,
      publicKey: assertionKey.publicPem,
      grants: [
        "password",
        "password-realm",
        "authorization_code",
        "device-code",
        "refresh_token",
        "implicit",
        "jwt-bearer",
        "token-exchange",
        "client_credentials",
      ],
      redirectUris: [CALLBACK],
      api: ORDERS,
      ...client,
    },
    { id: "old", secret: SECRET, grants: ["oauth-ro", "delegation"], ...client },
    { id: "portal", secret: SECRET, grants: ["oauth-ro"] },
    { id: `${CLOSED}-portal`, secret: SECRET, grants: ["oauth-ro"], allowedCallers: [] },
  ],
  apis: [
    { audience: ORDERS, scopes: ["read", "write"] },
    { audience: REPORTS, scopes: ["read", "write"] },
    { audience: CLOSED, scopes: ["read"], allowedCallers: [] },
  ],
  connections: [connection],
  trustedAssertionIssuers: [{ issuer: PARTNER, publicKey: assertionKey.publicPem }],
})

const PARTNER = "https://idp.partner.example"

/** Asks for a token; `target` is an API, or what stands for it at an old endpoint. */
export type Wire = (issuer: Issuer, target?: string) => Promise<Answer>

/** What Alice's logins left behind, with which she or others can ask for more. */
export interface Left {
  readonly accessToken: string
  readonly opaqueToken: string
  readonly idToken: string
  readonly refreshToken: string
  readonly oldIdToken: string
  readonly oldRefreshToken: string
}

const alice = { username: "alice", password: PASSWORD }
const scope = "read write"

export const logIn = async (issuer: Issuer): Promise<Left> => {
  const login = { grant_type: "password", ...alice }
  const { body } = await as(issuer, "app", { ...login, audience: ORDERS, scope: `openid offline_access ${scope}` })
  const opaque = await as(issuer, "app", { ...login, scope: "openid" })
  const oldLogin = { ...login, client_id: "old", connection: "users", scope: "openid offline_access", device: "phone" }
  const old = await post(issuer, "/oauth/ro", oldLogin)
  return {
    accessToken: String(body["access_token"]),
    opaqueToken: String(opaque.body["access_token"]),
    idToken: String(body["id_token"]),
    refreshToken: String(body["refresh_token"]),
    oldIdToken: String(old.body["id_token"]),
    oldRefreshToken: String(old.body["refresh_token"]),
  }
}

/** Every way to a token for a person, each ready to ask once. */
export const everyWire = async (issuer: Issuer, left: Left): Promise<Readonly<Record<string, Wire>>> => {
  const app =
    (form: Form): Wire =>
    (at, audience = REPORTS) =>
      as(at, "app", { scope, audience, ...form })
  // Its target was chosen when the person agreed.
  const granted =
    (form: Form): Wire =>
    (at, audience = ORDERS) =>
      as(at, "app", { audience, ...form })
  const old =
    (path: string, form: Form): Wire =>
    (at, target) =>
      post(at, path, {
        client_id: "old",
        scope: "openid",
        target: target === undefined ? "portal" : `${target}-portal`,
        ...form,
      })
  const exchange = (subject_token: string, type: string): Wire =>
    app({ grant_type: TOKEN_EXCHANGE, subject_token, subject_token_type: TYPE + type })
  const own = await as(issuer, "app", { grant_type: "client_credentials", audience: ORDERS, scope })
  const claims = { iss: PARTNER, sub: String(decodeJwt(left.idToken).sub), aud: issuer.url }

  return {
    password: app({ grant_type: "password", ...alice }),
    "password-realm": app({ grant_type: "http://auth0.com/oauth/grant-type/password-realm", realm: "users", ...alice }),
    authorization_code: granted(await code(issuer)),
    device_code: granted(await deviceCode(issuer)),
    refresh_token: granted({ grant_type: "refresh_token", refresh_token: left.refreshToken }),
    "jwt-bearer": app({ grant_type: JWT_BEARER, assertion: await sign(assertionKey.privateKey, claims) }),
    on_behalf_of: app({
      grant_type: JWT_BEARER,
      requested_token_use: "on_behalf_of",
      assertion: left.accessToken,
    }),
    "exchange of an access token": exchange(left.accessToken, "access_token"),
    "exchange of an opaque token": exchange(left.opaqueToken, "access_token"),
    "exchange of an ID token": exchange(left.idToken, "id_token"),
    "exchange with the person as actor": app({
      grant_type: TOKEN_EXCHANGE,
      subject_token: String(own.body["access_token"]),
      subject_token_type: `${TYPE}access_token`,
      actor_token: left.accessToken,
      actor_token_type: `${TYPE}access_token`,
    }),
    "oauth/ro, password": old("/oauth/ro", { grant_type: "password", connection: "users", ...alice }),
    "oauth/ro, ID token": old("/oauth/ro", {
      grant_type: JWT_BEARER,
      connection: "users",
      device: "phone",
      id_token: left.oldIdToken,
    }),
    "delegation, ID token": old("/delegation", {
      grant_type: JWT_BEARER,
      id_token: left.oldIdToken,
    }),
    "delegation, refresh token": old("/delegation", {
      grant_type: JWT_BEARER,
      refresh_token: left.oldRefreshToken,
    }),
  }
}

const code = async (issuer: Issuer): Promise<Form> => {
  const { url } = await authorizeAlice(issuer, {
    ...codeRequest,
    client_id: "app",
    audience: ORDERS,
    scope: `openid ${scope}`,
  })
  return {
    grant_type: "authorization_code",
    code: url.searchParams.get("code") ?? "",
    redirect_uri: CALLBACK,
    code_verifier: verifier,
  }
}

const deviceCode = async (issuer: Issuer): Promise<Form> => {
  const asked = { client_id: "app", client_secret: SECRET, audience: ORDERS, scope: `openid ${scope}` }
  const { body } = await post(issuer, "/device/auth", asked)
  const browser = new Browser()
  const confirm = await browser.open(issuer.url, String(body["verification_uri_complete"]))
  await passPages(browser, await browser.submit(confirm))
  return { grant_type: "urn:ietf:params:oauth:grant-type:device_code", device_code: String(body["device_code"]) }
}
