import { type Api, startApi } from "@bearerkit/app-api"
import { defineIssuer, type Issuer, startIssuer } from "@bearerkit/issuer"
import { type Gateway, startGateway } from "../../harness/start.ts"
import { type Gate, Person, startGate, Visitor } from "@bearerkit/services"

export const site = "https://app.example"
export const audiences = { gateway: "https://gateway.example", orders: "https://orders.example" }
const alice = { username: "alice", password: "correct horse battery" }
const made = () => `${crypto.randomUUID()}-${crypto.randomUUID()}`

/** Everything around the gateway, for real: the issuer, the two APIs, and workerd with the Worker in it. */
export interface Edge extends AsyncDisposable {
  readonly issuer: Issuer
  /** Through which everybody gets to the issuer. */
  readonly issuerGate: Gate
  readonly api: Api
  readonly gateway: Gateway
  readonly browser: () => Visitor
  /** Another client's token for the gateway. */
  readonly token: () => Promise<string>
  /** An ID token of the old kind. */
  readonly legacyToken: () => Promise<string>
  readonly status: () => Promise<Readonly<Record<string, unknown>>>
}

export const startEdge = async (): Promise<Edge> => {
  await using started = new AsyncDisposableStack()
  const secrets = { gateway: made(), portal: made(), legacyApi: made(), reporter: made() }
  const issuerGate = started.use(await startGate())
  const { url } = issuerGate
  const config = configOf(url, secrets)
  const issuer = started.use(await startIssuer({ config, collectSecrets: true, now: unhurried() }))
  issuerGate.leadTo(issuer.port)
  const api = started.use(
    await startApi({
      issuer: url,
      audience: audiences.orders,
      legacy: { audience: "legacy-api", secret: secrets.legacyApi },
    }),
  )
  const gateway = started.use(
    await startGateway({
      ISSUER: url,
      BASE_URL: site,
      ORDERS_URL: api.url,
      LEGACY_URL: `${api.url}/legacy`,
      CLIENT_SECRET: secrets.gateway,
      LEGACY_CLIENT_SECRET: secrets.portal,
      COOKIE_KEY: made(),
      STORE_KEY: made(),
    }),
  )
  const ask = async (path: string, body: Record<string, string>): Promise<Record<string, string>> =>
    (await fetch(`${url}${path}`, { method: "POST", body: new URLSearchParams(body) })).json() as never
  const servers = started.move()
  return {
    issuer,
    issuerGate,
    api,
    gateway,
    browser: () => new Visitor(gateway, { site, person: new Person(alice) }),
    token: async () => {
      const asked = { grant_type: "client_credentials", audience: audiences.gateway }
      const answer = await ask("/token", { ...asked, client_id: "reporter", client_secret: secrets.reporter })
      return answer["access_token"] ?? ""
    },
    legacyToken: async () => {
      const asked = { ...alice, client_id: "old-portal", connection: "users", scope: "openid", grant_type: "password" }
      return (await ask("/oauth/ro", asked))["id_token"] ?? ""
    },
    status: async () => (await gateway.request(`${site}/status`)).json() as never,
    [Symbol.asyncDispose]: () => servers.disposeAsync(),
  }
}

type Secrets = Readonly<Record<"gateway" | "legacyApi" | "portal" | "reporter", string>>

const configOf = (issuer: string, { gateway, portal, legacyApi, reporter }: Secrets) =>
  defineIssuer({
    issuer,
    clients: [
      {
        id: "gateway",
        secret: gateway,
        api: audiences.gateway,
        grants: ["authorization_code", "refresh_token", "token-exchange"],
        redirectUris: [`${site}/callback`],
      },
      { id: "old-portal", secret: portal, grants: ["oauth-ro", "delegation"] },
      { id: "legacy-api", secret: legacyApi, grants: ["oauth-ro"] },
      { id: "reporter", secret: reporter, grants: ["client_credentials"] },
    ],
    apis: [
      { audience: audiences.gateway, tokenLifetime: 600 },
      { audience: audiences.orders, scopes: ["orders:read"] },
    ],
    connections: [
      { name: "users", strategy: "database", users: [{ ...alice, email: "alice@example.test", name: "Alice" }] },
    ],
    defaultConnection: "users",
  })

/** Nobody logs in too often by a clock that jumps. */
const unhurried = () => {
  let time = Date.now()
  return () => (time += 60_000)
}
