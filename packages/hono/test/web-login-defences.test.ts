import { createHash } from "node:crypto"
import {
  cookieSessions,
  memoryStorage,
  storageLayer,
  storedSessions,
  telemetryEvents,
  TokenStore,
} from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import * as Effect from "effect/Effect"
import { Hono } from "hono"
import { importJWK, SignJWT } from "jose"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { asScript, type Browser, locationOf, site } from "./support/browser.ts"
import { sharedStorage } from "./support/shared.ts"
import { bob, day, hour, issuerJwk, sessionStorages, movedClock, startApp, startTestIssuer } from "./support/world.ts"

let issuer: Issuer
beforeAll(async () => void (issuer = await startTestIssuer()))
afterAll(() => issuer.close())

const isSignedIn = async (browser: Browser) => (await browser.get("/me", asScript)).status === 200

const small = { capacity: 8 }
const smallSessionStorages = [
  ["sealed cookies", () => cookieSessions({ shared: memoryStorage(small) })],
  ["a store", () => storedSessions({ storage: memoryStorage(small) })],
] as const

it.each(smallSessionStorages)("visitors who never sign in push nobody out of %s", async (_, sessions) => {
  await using world = startApp(issuer, { sessions: sessions(), pushed: "demanded" })
  const [browser, gone] = [world.browser(), world.browser(bob)]
  await browser.signIn()
  await gone.signIn()
  const thief = gone.copy()
  await gone.post("/logout")
  for (let n = 0; n < 20; n++) {
    const visitor = world.browser()
    const { searchParams } = new URL(locationOf(await visitor.get("/login")))
    const query = new URLSearchParams({ state: searchParams.get("state") ?? "", iss: issuer.url, code: `made-up-${n}` })
    const refused = await visitor.get(`/callback?${query.toString()}`, asScript)
    expect(await refused.json()).toMatchObject({ status: 400, code: "invalid_grant" })
  }
  expect(await isSignedIn(browser)).toBe(true)
  expect(await isSignedIn(thief)).toBe(false)
})

it.each(sessionStorages)(
  "a script that comes late takes away no login of another tab, with sessions in %s",
  async (_, sessions) => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    await browser.signIn()
    const before = browser.copy()
    await browser.signIn()
    // both tabs have one jar: what this answer says comes to the browser of now
    const late = await before.get("/me", asScript)
    browser.cookies.keep(late)
    expect([late.status, await isSignedIn(browser)]).toEqual([401, true])
    await before.get("/me")
    expect(before.cookies.size).toBe(0)
  },
)

it.each(sessionStorages)("no cache on the way keeps a page of somebody, with sessions in %s", async (_, sessions) => {
  await using world = startApp(issuer, { sessions: sessions() })
  world.app.get("/told", (c) => c.body("said", 200, { "cache-control": "max-age=60" }))
  const [browser, visitor] = [world.browser(), world.browser()]
  await browser.signIn()
  const controls = (each: Browser) =>
    Promise.all(["/me", "/open", "/told"].map(async (path) => (await each.get(path)).headers.get("cache-control")))
  expect(await controls(browser)).toEqual(["private", "private", "max-age=60"])
  expect((await controls(visitor)).slice(1)).toEqual([null, "max-age=60"])
})

it("a callback that comes twice at once sends its code once", async () => {
  let exchanges = 0
  const counting: typeof fetch = (input, init) => {
    if (String(init?.body).includes("grant_type=authorization_code")) exchanges += 1
    return fetch(input, init)
  }
  await using world = startApp(issuer, { fetch: counting })
  const browser = world.browser()
  const arrival = await browser.arrive()
  const answers = await Promise.all([browser, browser.copy(), browser.copy()].map((each) => each.get(arrival)))
  expect(answers.map(({ status }) => status).toSorted()).toEqual([303, 400, 400])
  expect(exchanges).toBe(1)
})

describe.each(sessionStorages)("a renewal with sessions in %s", (_, sessions) => {
  const others: ReadonlyArray<readonly [string, object]> = [
    ["another person", { sub: "database|bob" }],
    ["another issuer", { iss: "https://other.example" }],
    ["another client", { aud: "other" }],
  ]
  it.each(others)("that brings the ID token of %s changes nobody, and is not tried again", async (_, claims) => {
    const clock = movedClock()
    let renewals = 0
    const swapping: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      if (!String(init?.body).includes("grant_type=refresh_token")) return answer
      renewals += 1
      const tokens = (await answer.json()) as { readonly id_token: string }
      const own = JSON.parse(Buffer.from(tokens.id_token.split(".")[1] ?? "", "base64url").toString()) as object
      const id_token = await new SignJWT({ ...own, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: "issuer-1" })
        .sign(await importJWK(issuerJwk))
      return Response.json({ ...tokens, id_token })
    }
    await using world = startApp(issuer, { sessions: sessions(), now: clock.now, fetch: swapping })
    const browser = world.browser()
    await browser.signIn()
    const before = (await (await browser.get("/me")).json()) as { readonly id: string }
    const revoked = issuer.countRequests("/revoke")
    clock.ahead = hour
    for (let n = 0; n < 3; n++) {
      const me = (await (await browser.get("/me")).json()) as object
      expect(me).toMatchObject({ id: before.id, access: null, session: { user: { name: "Alice" } } })
    }
    expect([world.errors, renewals]).toEqual([["id_token_refused"], 1])
    await vi.waitFor(() => expect(issuer.countRequests("/revoke") - revoked).toBe(1))
    clock.ahead = 8 * day
    expect(await isSignedIn(browser)).toBe(false)
  })
})

it("what is kept and is no session is nobody's, and stands in nobody's way", async () => {
  const storage = sharedStorage()
  const warnings: Array<string> = []
  const telemetry = telemetryEvents((event) => void (event.type === "warning" && warnings.push(event.message)))
  await using world = startApp(issuer, { sessions: storedSessions({ storage }), telemetry })
  const browser = world.browser()
  await browser.signIn()
  const old = browser.copy()
  const key = `session:${createHash("sha256").update(browser.cookies.get("__Host-session")!).digest("hex")}`
  const spoil = Effect.flatMap(TokenStore, (store) => store.put(key, '{"version":2}'))
  expect(await Effect.runPromise(Effect.provide(spoil, storageLayer(storage)))).toBe(true)
  expect((await browser.copy().get("/me", asScript)).status).toBe(401)
  expect(warnings).toEqual([
    "A stored session is not valid: version is not as written. Its browser has to sign in again.",
  ])
  expect((await browser.signIn()).status).toBe(303)
  expect(await isSignedIn(browser)).toBe(true)
  expect(await isSignedIn(old)).toBe(false)
})

it("401 tells how to sign in, as it must (RFC 9110 §15.5.2)", async () => {
  await using world = startApp(issuer)
  const refused = await world.browser().get("/me", asScript)
  expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Cookie"])
  const elsewhere = await world.browser().get("/callback?code=x&state=y", asScript)
  expect([elsewhere.status, elsewhere.headers.has("www-authenticate")]).toEqual([400, false])
})

it("HEAD signs nobody in", async () => {
  await using world = startApp(issuer)
  const browser = world.browser()
  const arrival = await browser.arrive()
  const cookie = browser.cookies.header
  const grants = issuer.countGrants("authorization_code")
  for (const path of [arrival, "/login"]) {
    const answer = await world.app.request(`${site}${path}`, { method: "HEAD", headers: { cookie } })
    expect([answer.status, answer.headers.get("allow"), answer.headers.getSetCookie()]).toEqual([405, "GET", []])
  }
  expect(issuer.countGrants("authorization_code")).toBe(grants)
  expect((await browser.get(arrival)).status).toBe(303)
})

it("the login's own addresses are its own in every spelling that the router takes for them", async () => {
  const clock = movedClock()
  await using world = startApp(issuer, { now: clock.now })
  const seen: Array<unknown> = []
  const app = new Hono()
  app.use(world.login.session)
  app.use(async (c, next) => {
    seen.push(Object.hasOwn(c.var, "session") && c.get("session" as never))
    await next()
  })
  app.route("/", world.login.routes)
  const browser = world.browser(bob).copyAt(app)
  await browser.signIn()
  clock.ahead = hour
  const spent = issuer.refreshes.length
  const other = world.browser()
  for (const [name, value] of browser.cookies) other.cookies.set(name, value)
  const arrival = await other.arrive("/%6cogin")
  const answer = await other.copyAt(app).get(arrival.replace("/callback", "/c%61llback"))
  expect([answer.status, locationOf(answer)]).toEqual([303, "/"])
  const names = answer.headers.getSetCookie().map((line) => line.split("=")[0])
  expect(new Set(names).size).toBe(names.length)
  expect([seen, issuer.refreshes.length - spent]).toEqual([[undefined, undefined, undefined], 0])
})

it.each(["/a%62c", "/:tenant/login", "/login*"])("the path %s is a mistake that is told", (login) => {
  expect(() => startApp(issuer, { paths: { login } })).toThrow(/paths\.login/)
})

describe.each(sessionStorages)("signing in again with sessions in %s", (_, sessions) => {
  it("in somebody else's place has their refresh token revoked", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const first = world.browser(bob)
    await first.signIn()
    const second = world.browser()
    for (const [name, value] of first.cookies) second.cookies.set(name, value)
    const before = issuer.countRequests("/revoke")
    await second.signIn()
    await vi.waitFor(() => expect(issuer.countRequests("/revoke") - before).toBe(1))
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([false, true])
  })

  it("in one's own place leaves the new login its tokens", async () => {
    const clock = movedClock()
    await using world = startApp(issuer, { sessions: sessions(), now: clock.now })
    const browser = world.browser()
    await browser.signIn()
    const old = browser.copy()
    const before = issuer.countRequests("/revoke")
    await browser.signIn()
    expect((await old.get("/me")).status).toBe(303)
    clock.ahead = hour
    expect((await browser.get("/token")).status).toBe(200)
    expect(issuer.countRequests("/revoke")).toBe(before)
    expect(world.errors).toEqual([])
  })
})

it("a session that cannot be handed on fails no answer, and is told", async () => {
  const clock = movedClock()
  const growing: typeof fetch = async (input, init) => {
    const answer = await fetch(input, init)
    if (!String(init?.body).includes("grant_type=refresh_token")) return answer
    return Response.json({ ...((await answer.json()) as object), access_token: "x".repeat(12_000) })
  }
  await using world = startApp(issuer, { now: clock.now, fetch: growing })
  const browser = world.browser()
  await browser.signIn()
  const before = browser.cookies.header
  clock.ahead = hour
  const answer = await browser.get("/token")
  expect([answer.status, (await answer.text()).length, answer.headers.getSetCookie()]).toEqual([200, 12_000, []])
  expect([world.errors, browser.cookies.header]).toEqual([["session_too_large"], before])
})
