import {
  clientSecretBasic,
  cookieSessions,
  memoryStorage,
  none,
  type SessionStorage,
  storedSessions,
} from "@bearerkit/core"
import { Hono } from "hono"
import { afterEach, describe, expect, it, vi } from "vitest"
import {
  bearerAuth,
  type BearerAuthOptions,
  delegation,
  requireClaim,
  webLogin,
  type WebLoginOptions,
} from "../../src/index.ts"
import { makeTestIssuer, type TestApplication } from "../../src/testing/index.ts"

const issuer = "https://issuer.example/"
const audience = "https://orders.example"
const nothing = async (): Promise<never> => Promise.reject(new TypeError("there is no network here"))

const makeApi = (options: Pick<BearerAuthOptions, "algorithms" | "fetch" | "now">) =>
  new Hono()
    .use("/orders/*", bearerAuth({ issuer, audience, ...options }))
    .get("/orders/mine", (c) => c.json({ of: c.var.auth.subject, scopes: c.var.auth.scopes }))
    .get("/orders/all", requireClaim("roles", "auditor"), (c) => c.text("all"))

const ask = async (app: TestApplication, path: string, token: string) =>
  app.request(path, { headers: { authorization: `Bearer ${token}` } })

describe("an API under test", () => {
  it.each(["RS256", "ES256"] as const)("is called as whom the test wants, with %s", async (algorithm) => {
    const { fetch, token } = await makeTestIssuer(issuer, { algorithm, fetch: nothing })
    const app = makeApi({ fetch, algorithms: [algorithm] })
    const ada = await ask(app, "/orders/mine", await token({ aud: audience, sub: "ada", scope: "read write" }))
    expect(await ada.json()).toEqual({ of: "ada", scopes: ["read", "write"] })
    const claims = { aud: audience, sub: "grace" }
    expect((await ask(app, "/orders/all", await token(claims))).status).toBe(403)
    expect((await ask(app, "/orders/all", await token({ ...claims, roles: ["auditor"] }))).status).toBe(200)
  })

  it.each([
    ["for another API", { aud: "https://reports.example" }],
    ["that has expired", { aud: audience, exp: 1 }],
    ["of nobody", { aud: audience, sub: undefined }],
    ["of another issuer", { aud: audience, iss: "https://other.example" }],
  ])("refuses a token %s", async (_, claims) => {
    const { fetch, token } = await makeTestIssuer(issuer, { fetch: nothing })
    const app = makeApi({ fetch })
    expect((await ask(app, "/orders/mine", await token(claims))).status).toBe(401)
  })

  it("refuses a token of another test", async () => {
    const { fetch } = await makeTestIssuer(issuer, { fetch: nothing })
    const other = await makeTestIssuer(issuer, { fetch: nothing })
    const app = makeApi({ fetch })
    expect((await ask(app, "/orders/mine", await other.token({ aud: audience }))).status).toBe(401)
  })
})

const makeSite = (options: Partial<WebLoginOptions> = {}) => {
  const { fetch, now } = options
  const api = makeApi({ fetch, now })
  const login = webLogin({
    issuer,
    clientId: "shop",
    clientAuth: none(),
    baseUrl: "https://shop.example",
    cookieKeys: ["a key of the cookies that is long enough"],
    target: { audience, scope: "openid read" },
    ...options,
  })
  return new Hono()
    .use(login.session)
    .route("/", login.routes)
    .get("/me", login.requireLogin(), (c) => c.json(c.var.session.user))
    .get("/orders", login.requireLogin(), async (c) => ask(api, "/orders/mine", await c.var.session.token()))
}

describe("a site under test", () => {
  const sessionStorages: ReadonlyArray<readonly [string, SessionStorage]> = [
    ["sealed cookies", cookieSessions()],
    ["a store", storedSessions({ storage: memoryStorage() })],
  ]

  it.each(sessionStorages)("is visited by whom the test wants, with sessions in %s", async (_, sessions) => {
    const { fetch, signIn } = await makeTestIssuer(issuer, { fetch: nothing })
    const app = makeSite({ fetch, sessions })
    const ada = await signIn(app, { sub: "ada", name: "Ada" })
    const grace = await signIn(app, { sub: "grace", name: "Grace" })
    const me = async (cookie: string) => (await app.request("/me", { headers: { cookie } })).json()
    expect(await me(ada)).toMatchObject({ subject: "ada", name: "Ada" })
    expect(await me(grace)).toMatchObject({ subject: "grace", name: "Grace" })
    const orders = await app.request("/orders", { headers: { cookie: ada } })
    expect(await orders.json()).toEqual({ of: "ada", scopes: ["openid", "read"] })
    expect((await app.request("/me")).status).toBe(401)
  })

  it("renews its sessions when their tokens have ended", async () => {
    let ahead = 0
    const now = () => Date.now() + ahead
    const { fetch, signIn } = await makeTestIssuer(issuer, { fetch: nothing, now })
    const app = makeSite({ fetch, now })
    const cookie = await signIn(app, { sub: "ada" })
    ahead = 3 * 3_600_000
    expect((await app.request("/orders", { headers: { cookie } })).status).toBe(200)
  })

  it("says why nobody could sign in", async () => {
    const { fetch, signIn } = await makeTestIssuer(issuer, { fetch: nothing })
    await expect(signIn(makeSite({ fetch }), { aud: "another client" })).rejects.toThrow(/400.*id_token_refused/)
    await expect(signIn(makeSite({ fetch }), {}, "/sign-in")).rejects.toThrow(/404/)
  })
})

describe("what an application under test calls", () => {
  afterEach(() => void vi.unstubAllGlobals())

  it("gets tokens that are traded for it, also where the global fetch is replaced", async () => {
    const ledger = "https://ledger.example"
    const world = await makeTestIssuer(issuer, {
      fetch: async (input, init) =>
        Response.json({ url: String(input), by: new Headers(init?.headers).get("authorization") }),
    })
    vi.stubGlobal("fetch", world.fetch)
    await using calls = delegation({
      issuer,
      clientId: "shop",
      clientAuth: clientSecretBasic("secret"),
      apis: { [ledger]: { audience: ledger } },
    })
    const app = new Hono().get("/", bearerAuth({ issuer, audience }), (c) => calls.fetchOnBehalfOf(c, `${ledger}/mine`))
    const answer = await ask(app, "/", await world.token({ aud: audience, sub: "ada" }))
    const { url, by } = (await answer.json()) as { readonly url: string; readonly by: string }
    expect(url).toBe(`${ledger}/mine`)
    const seen = new Hono().get("/", bearerAuth({ issuer, audience: ledger }), (c) => c.json(c.var.auth))
    const principal = (await ask(seen, "/", by.replace("Bearer ", ""))).json()
    expect(await principal).toMatchObject({ subject: "ada", actors: [{ subject: "shop" }] })
  })
  it("never goes to the network by itself", async () => {
    let requests = 0
    vi.stubGlobal("fetch", async () => ((requests += 1), new Response("real")))
    const { fetch, token } = await makeTestIssuer(issuer)
    const ledger = "https://ledger.example"
    const world = { fetch, issuer, clientId: "shop", clientAuth: clientSecretBasic("secret") }
    await using calls = delegation({ ...world, apis: { [ledger]: { audience: ledger } } })
    const app = new Hono().get("/", bearerAuth({ fetch, issuer, audience }), async (c) => {
      const error: unknown = await calls.fetchOnBehalfOf(c, `${ledger}/mine?year=1`).catch((cause: unknown) => cause)
      return c.json({ error, message: String(error) })
    })
    expect(await (await ask(app, "/", await token({ aud: audience, sub: "ada" }))).json()).toMatchObject({
      error: { code: "unreachable", retryable: false },
      message: expect.stringContaining(
        "https://ledger.example/mine could not be reached (makeTestIssuer has no answer for it). Answer it in the option fetch",
      ),
    })
    for (const input of [new URL(ledger), new Request(ledger)]) {
      await expect(fetch(input)).rejects.toThrow("https://ledger.example/ could not be reached")
    }
    expect(requests).toBe(0)
  })
})
