import { clientSecretBasic, clientSecretJwt, clientSecretPost } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import { type Application, Person, Visitor } from "@bearerkit/services"
import { Hono } from "hono"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { asScript, locationOf, site } from "./support/browser.ts"
import { webLogin } from "../src/index.ts"
import {
  alice,
  cookieKeys,
  day,
  hour,
  sessionStorages,
  movedClock,
  secret,
  startApp,
  startTestIssuer,
} from "./support/world.ts"

let issuer: Issuer
beforeAll(async () => void (issuer = await startTestIssuer()))
afterAll(() => issuer.close())

describe.each(sessionStorages)("a login with sessions in %s", (_, sessions) => {
  it("signs a person in, tells who it is, and signs them out", async () => {
    await using world = startApp(issuer, { sessions: sessions(), afterLogout: "/bye" })
    const browser = world.browser()

    const sent = await browser.get("/me?tab=2")
    expect([sent.status, locationOf(sent)]).toEqual([303, "/login?returnTo=%2Fme%3Ftab%3D2"])
    const back = await browser.signIn(locationOf(sent))
    expect([back.status, locationOf(back)]).toEqual([303, "/me?tab=2"])
    expect(browser.named("__Host-session-login")).toEqual([])

    const me = await browser.get("/me")
    expect(me.status).toBe(200)
    const { session, id, access } = (await me.json()) as Record<string, string> & { session: { user: object } }
    expect(session.user).toEqual({ subject: expect.any(String), name: "Alice", email: "alice@example.test" })
    expect(JSON.parse(atob(id!.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")))).toMatchObject({
      name: "Alice",
    })
    expect(await (await browser.get("/token")).text()).toBe(access)

    const out = await browser.post("/logout")
    expect(out.status).toBe(303)
    const end = new URL(locationOf(out))
    expect([end.origin, end.searchParams.get("id_token_hint")]).toEqual([issuer.url, id])
    expect(end.searchParams.get("post_logout_redirect_uri")).toBe(`${site}/bye`)
    expect(browser.cookies.size).toBe(0)
    expect(issuer.countRequests("/revoke")).toBeGreaterThan(0)
    expect((await browser.get("/me", asScript)).status).toBe(401)
  })

  it("lets the application tell with a page of its own why somebody was not signed in", async () => {
    await using world = startApp(issuer, {
      sessions: sessions(),
      onError: ({ code }, c, problem) => c.text(`${code}: ${JSON.stringify(problem)}`, 418),
    })
    const browser = world.browser()
    const arrival = await browser.arrive("/login?returnTo=/me")
    expect(browser.named("__Host-session-login")).toHaveLength(1)
    const answer = await browser.get(arrival.replace(/code=[^&]*/, "code=another"))
    const again = "/login?returnTo=%2Fme"
    const detail = "This sign-in was not begun in this browser, was finished before, or is not valid."
    const problem = { status: 400, title: "Not signed in", detail, code: "invalid_grant", again }
    expect(await answer.text()).toBe(`invalid_grant: ${JSON.stringify(problem)}`)
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([418, "private, no-store"])
    expect(browser.named("__Host-session-login")).toEqual([])
  })

  it("renews once for 20 requests at expiry, and logs nobody out", async () => {
    const clock = movedClock()
    await using world = startApp(issuer, { sessions: sessions(), now: clock.now })
    const browser = world.browser()
    await browser.signIn()
    const before = await (await browser.get("/token")).text()
    const spent = issuer.refreshes.length
    clock.ahead = hour
    const answers = await Promise.all(Array.from({ length: 20 }, () => browser.copy().get("/token")))
    const tokens = new Set(await Promise.all(answers.map((answer) => answer.text())))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(tokens.size).toBe(1)
    expect(tokens.has(before)).toBe(false)
    expect(issuer.refreshes.length - spent).toBe(1)
    clock.ahead = hour + 1000
    expect((await browser.get("/token")).status).toBe(200)
    expect(issuer.refreshes.length - spent).toBe(1)
  })

  it("ends when nobody uses it, and at last in any case", async () => {
    const clock = movedClock()
    await using world = startApp(issuer, { sessions: sessions(), now: clock.now, idle: "2 days", absolute: "5 days" })
    const browser = world.browser()
    await browser.signIn()
    for (const days of [1, 2, 3, 4]) {
      clock.ahead = days * day
      expect((await browser.get("/me")).status).toBe(200)
    }
    const idle = browser.copy()
    clock.ahead = 5 * day - hour
    expect((await browser.get("/me")).status).toBe(200)
    clock.ahead = 5 * day + hour
    expect((await browser.get("/me", asScript)).status).toBe(401)
    expect((await idle.get("/me", asScript)).status).toBe(401)
  })

  it("shows no token when a session is printed", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    await browser.signIn()
    const { session } = (await (await browser.get("/me")).json()) as { session: object }
    const printed = JSON.stringify(session)
    expect(issuer.minted.filter((token) => token.length > 20 && printed.includes(token))).toEqual([])
  })

  it("lets people in where the whole application asks for a login", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const { login } = world
    const app = new Hono()
    app.use(login.session, login.requireLogin())
    app.route("/", login.routes)
    app.all("*", login.requireLogin(), (c) => c.json(c.var.session.user.name ?? null))
    const browser = world.browser().copyAt(app)
    const sent = await browser.get("/home")
    expect(locationOf(await browser.signIn(locationOf(sent)))).toBe("/home")
    expect(await (await browser.get("/home")).json()).toBe("Alice")
    const stranger = world.browser().copyAt(app)
    for (const path of ["/login", "/callback", "/home"]) expect((await stranger.post(path, asScript)).status).toBe(401)
    // who has no session may sign out, and the issuer's word gets through where it is taken
    expect((await stranger.post("/logout")).status).toBe(303)
    const isTaken = login.routes.routes.some(({ path }) => path === "/backchannel-logout")
    expect((await stranger.post("/backchannel-logout", asScript)).status).toBe(isTaken ? 400 : 401)
  })

  it("lets several logins run in one browser", async () => {
    await using world = startApp(issuer, { sessions: sessions() })
    const browser = world.browser()
    const arrivals = []
    for (const n of [1, 2, 3]) arrivals.push(await browser.arrive(`/login?returnTo=/open?${n}`))
    expect(browser.named("__Host-session-login")).toHaveLength(3)
    const places = []
    for (const arrival of arrivals.toReversed()) places.push(locationOf(await browser.get(arrival)))
    expect(places).toEqual(["/open?3", "/open?2", "/open?1"])
    for (let n = 0; n < 8; n++) await browser.get("/login")
    expect(browser.named("__Host-session-login")).toHaveLength(4)
  })
})

it("tells a mistake in its options at once", () => {
  const wrong = (options: object) => () => startApp(issuer, options)
  expect(wrong({ baseUrl: "http://app.example" })).toThrow(/baseUrl/)
  expect(wrong({ baseUrl: `${site}/path` })).toThrow(/baseUrl/)
  expect(wrong({ cookieKeys: ["short"] })).toThrow(/option cookieKeys has a secret of 5 bytes.*openssl rand/)
  for (const unset of [undefined, [undefined], [""], []]) {
    expect(wrong({ cookieKeys: unset })).toThrow(/option cookieKeys is missing or empty.*variable/)
  }
  expect(wrong({ issuer: "http://issuer.example" })).toThrow(/option issuer must be an https URL: http:.*allowInsecure/)
  expect(wrong({ issuer: undefined })).toThrow(/option issuer/)
  expect(wrong({ clientAuth: clientSecretBasic(undefined as never) })).toThrow(
    /option clientSecret is missing or empty/,
  )
  expect(wrong({ clientAuth: clientSecretPost("") })).toThrow(/option clientSecret is missing or empty/)
  expect(wrong({ clientAuth: clientSecretJwt("") })).toThrow(/option clientSecret is missing or empty/)
  expect(wrong({ target: { scope: "read" } })).toThrow(/Add openid to it/)
  expect(wrong({ paths: { backChannelLogout: "/bcl" } })).toThrow(/storedSessions/)
  expect(alice.username).toBe("alice")
})

it("below a path, behind a proxy that calls the application by another name", async () => {
  const login = webLogin({
    issuer: issuer.url,
    clientId: "web",
    clientAuth: clientSecretBasic(secret),
    baseUrl: site,
    cookieKeys,
    paths: { login: "/shop/login", callback: "/shop/callback", logout: "/shop/logout" },
    cookieName: "shop-session",
    target: { scope: "openid profile" },
  })
  const pages = new Hono().get("/me", login.requireLogin(), (c) => c.json(c.var.session.user))
  const app = new Hono()
  app.use("/shop/*", login.session)
  app.route("/", login.routes)
  app.route("/shop", pages)
  const proxy: Application = {
    request: (url, init) => app.request(url.replace(site, "http://internal:8080"), init),
  }
  const browser = new Visitor(proxy, { site, person: new Person(alice) })

  const sent = await browser.get("/shop/me")
  expect(locationOf(sent)).toBe("/shop/login?returnTo=%2Fshop%2Fme")
  expect(locationOf(await browser.signIn(locationOf(sent)))).toBe("/shop/me")
  expect(await (await browser.get("/shop/me")).json()).toMatchObject({ name: "Alice" })
  expect(browser.named("__Host-shop-session")).not.toEqual([])
  expect((await browser.post("/shop/logout")).status).toBe(303)
  expect(browser.cookies.size).toBe(0)
  await login.close()
})
