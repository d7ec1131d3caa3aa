import { clientSecretBasic, cookieSessions, memoryStorage, type SessionStorage, storedSessions } from "@bearerkit/core"
import { defineIssuer, type Issuer, startIssuer } from "@bearerkit/issuer"
import { Person, Visitor } from "@bearerkit/services"
import { Hono } from "hono"
import { exportJWK, generateKeyPair } from "jose"
import { type HonoWebLogin, webLogin, type WebLoginOptions } from "../../src/index.ts"
import { type Browser, site } from "./browser.ts"

export const alice = { username: "alice", password: "correct horse battery" }
export const bob = { username: "bob", password: "another long password" }
export const orders = "https://orders.example/api"
export const ledger = "https://ledger.example/api"
export const secret = "the secret of web, long enough and then some"
export const cookieKeys = ["the first key of the cookies, 32 bytes and more"] as const

const issuerKey = await generateKeyPair("RS256", { extractable: true })

/** What the issuer signs with. */
export const issuerJwk = {
  kty: "RSA",
  ...(await exportJWK(issuerKey.privateKey)),
  kid: "issuer-1",
  alg: "RS256",
  use: "sig",
}

export interface TestIssuerOptions {
  readonly backChannelLogoutUrl?: string
}

const configOf = (options: TestIssuerOptions) =>
  defineIssuer({
    jwks: { keys: [issuerJwk] },
    clients: [
      {
        id: "web",
        secret,
        grants: ["authorization_code", "refresh_token", "token-exchange"],
        redirectUris: [`${site}/callback`, `${site}/shop/callback`],
        logoutUrls: [`${site}/bye`],
        ...options,
      },
    ],
    apis: [
      { audience: orders, scopes: ["read"], tokenLifetime: 600 },
      { audience: ledger, scopes: ["read"] },
    ],
    connections: [
      {
        name: "users",
        strategy: "database",
        users: [
          { ...alice, email: "alice@example.test", name: "Alice" },
          { ...bob, email: "bob@example.test", name: "Bob" },
        ],
      },
    ],
    defaultConnection: "users",
  })

/** A real issuer, whose limits on how often somebody may log in do not count here. */
export const startTestIssuer = (options: TestIssuerOptions = {}): Promise<Issuer> => {
  let time = Date.now()
  return startIssuer({ config: configOf(options), collectSecrets: true, now: () => (time += minute) })
}

/** A clock that tests move. */
export interface MovedClock {
  readonly now: () => number
  ahead: number
}

export const movedClock = (): MovedClock => {
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead }
  return clock
}

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

/** Each way to keep sessions. */
export const sessionStorages: ReadonlyArray<readonly [string, () => SessionStorage]> = [
  ["sealed cookies", () => cookieSessions()],
  ["a store", () => storedSessions({ storage: memoryStorage() })],
]

export interface TestApp extends AsyncDisposable {
  readonly app: Hono
  readonly login: HonoWebLogin
  readonly browser: (as?: typeof alice) => Browser
  readonly errors: ReadonlyArray<string>
}

/** An application of the options, with a page that tells who is there. */
export const startApp = (issuer: Pick<Issuer, "url">, options: Partial<WebLoginOptions> = {}): TestApp => {
  const errors: Array<string> = []
  const login = webLogin({
    issuer: issuer.url,
    clientId: "web",
    clientAuth: clientSecretBasic(secret),
    baseUrl: site,
    cookieKeys,
    target: { audience: orders, scope: "openid profile email offline_access read" },
    authorization: { prompt: "consent" },
    onError: (error) => void errors.push(error.code),
    ...options,
  })
  const app = new Hono()
  app.use(login.session)
  app.route("/", login.routes)
  app.get("/me", login.requireLogin(), (c) => {
    const { session } = c.var
    return c.json({ session, id: session.find("id_token"), access: session.find("access_token") ?? null })
  })
  app.get("/token", login.requireLogin(), async (c) => c.text(await c.var.session.token()))
  app.post("/change", (c) => c.text("changed"))
  app.get("/open", (c) => c.text("open"))
  return {
    app,
    login,
    errors,
    browser: (as = alice) => new Visitor(app, { site, person: new Person(as) }),
    [Symbol.asyncDispose]: login.close,
  }
}
