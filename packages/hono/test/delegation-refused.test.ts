import { Hono } from "hono"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bearerAuth, type BearerError } from "../src/index.ts"
import { type Acting, startActing } from "./support/acting.ts"
import { startUpstream } from "./support/upstream.ts"
import { bob, ledger, orders } from "./support/world.ts"

let world: Acting
beforeAll(async () => void (world = await startActing()))
afterAll(() => world.close())

describe("an upstream that refuses every token", () => {
  it("costs no trade with each request, and takes none from somebody else", async () => {
    await using upstream = await startUpstream((_request, response) => response.writeHead(401).end())
    await using calls = world.acting({ apis: { [upstream.url]: { audience: ledger } } })
    const app = world.appWith((app) => {
      app.all("/api/*", calls.forwardTo(`${upstream.url}/v1`, { audience: ledger }))
      app.get("/call", (c) => calls.fetchOnBehalfOf(c, upstream.url))
    })
    const browser = world.alice.copyAt(app)
    const spent = async (ask: () => Promise<Response>) => {
      const before = world.issuer.countGrants("token-exchange")
      for (let n = 0; n < 3; n++) expect((await ask()).status).toBe(401)
      return world.issuer.countGrants("token-exchange") - before
    }
    expect(await spent(() => browser.get("/api/a"))).toBe(2)
    expect(await spent(() => browser.get("/call"))).toBe(0)
    const somebody = world.browser(bob)
    await somebody.signIn()
    expect(await spent(() => somebody.copyAt(app).get("/api/a"))).toBe(2)
  })

  it("costs no renewal of a session with each request where its own token is meant for it", async () => {
    await using upstream = await startUpstream((_request, response) => response.writeHead(401).end())
    await using calls = world.acting()
    const target = { audience: orders, scope: "openid profile email offline_access read" }
    const browser = world.signedIn((app) => app.all("/api/*", calls.forwardTo(upstream.url, target)))
    const before = world.issuer.countGrants("refresh_token")
    for (let n = 0; n < 3; n++) expect((await browser.get("/api/a")).status).toBe(401)
    expect(world.issuer.countGrants("refresh_token") - before).toBe(1)
  })
})

/** An issuer that answers so to whoever wants to trade a token. */
const trading =
  (answer: () => Response): typeof fetch =>
  async (input, init) =>
    String(init?.body).includes("token-exchange") ? answer() : fetch(input, init)

describe("for somebody whose token the issuer does not trade", () => {
  const refusing = (error: string) => {
    const heard: Array<string> = []
    const description = { error_description: "the subject token was revoked" }
    const calls = world.acting({
      fetch: trading(() => Response.json({ error, ...description }, { status: 400 })),
      onError: ({ code }) => void heard.push(code),
    })
    return { calls, heard }
  }

  it.each(["invalid_grant", "invalid_request"])("asks the caller for another token: %s", async (error) => {
    const { calls, heard } = refusing(error)
    await using _ = calls
    const api = new Hono().all(
      "/api/*",
      bearerAuth({ issuer: world.issuer.url, audience: orders }),
      calls.forwardTo("https://ledger.example", { audience: ledger }),
    )
    const token = await (await world.alice.get("/token")).text()
    const answer = await api.request("/api/x", { headers: { authorization: `Bearer ${token}` } })
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([
      401,
      'Bearer error="invalid_token", error_description="The access token is not valid here."',
    ])
    expect(await answer.json()).toMatchObject({ status: 401, error: "invalid_token" })
    expect(heard).toEqual(["invalid_grant"])
  })

  it("asks the person of a session to sign in", async () => {
    const { calls, heard } = refusing("invalid_grant")
    await using _ = calls
    const browser = world.signedIn((app) =>
      app.all("/api/*", calls.forwardTo("https://ledger.example", { audience: ledger })),
    )
    const answer = await browser.get("/api/x", { accept: "application/json" })
    expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, "Cookie"])
    expect(await answer.json()).toMatchObject({ status: 401, code: "login_required", detail: "Sign in to go on." })
    expect(heard).toEqual(["invalid_grant"])
  })
})

describe("what is no access token (RFC 8693 §2.2.1)", () => {
  const answer = { access_token: "an-assertion", token_type: "N_A", issued_token_type: "urn:x:saml2" }
  const apis = { "https://ledger.example": { audience: ledger } }
  const heard: Array<string> = []
  const onError = ({ code }: BearerError) => void heard.push(code)
  const acting = () => world.acting({ apis, onError, fetch: trading(() => Response.json(answer)) })
  const codeOf = ({ code }: BearerError) => code

  it("is handed out, and no header for it", async () => {
    await using calls = acting()
    const browser = world.signedIn((app) =>
      app.get("/token", async (c) => {
        const traded = await calls.onBehalfOf(c, { audience: ledger })
        const header = await Promise.resolve(traded)
          .then(({ authorization }) => authorization)
          .catch(codeOf)
        return c.json({ token: traded.token, type: traded.type, header })
      }),
    )
    expect(await (await browser.get("/token")).json()).toEqual({
      token: "an-assertion",
      type: "N_A",
      header: "token_type_mismatch",
    })
  })

  it("is sent to no API", async () => {
    await using calls = acting()
    const browser = world.signedIn((app) =>
      app
        .get("/call", async (c) =>
          c.text(await calls.fetchOnBehalfOf(c, "https://ledger.example/x").then(String, codeOf)),
        )
        .all("/api/*", calls.forwardTo("https://ledger.example", { audience: ledger })),
    )
    expect(await (await browser.get("/call")).text()).toBe("token_type_mismatch")
    expect((await browser.get("/api/x")).status).toBe(500)
    expect(heard).toEqual(["token_type_mismatch"])
  })
})

it("says how long to wait where the issuer does", async () => {
  const busy = trading(() => new Response("", { status: 503, headers: { "retry-after": "3600" } }))
  await using calls = world.acting({ fetch: busy })
  const browser = world.signedIn((app) =>
    app.all("/api/*", calls.forwardTo("https://ledger.example", { audience: ledger })),
  )
  const answer = await browser.get("/api/x")
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "3600"])
})
