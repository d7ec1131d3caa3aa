import { memoryStorage, storedSessions, telemetryEvents } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import { Hono } from "hono"
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest"
import { asScript, locationOf } from "./support/browser.ts"
import {
  hour,
  sessionStorages,
  ledger,
  minute,
  movedClock,
  orders,
  startApp,
  startTestIssuer,
} from "./support/world.ts"

let issuer: Issuer
beforeAll(async () => void (issuer = await startTestIssuer()))
afterAll(() => issuer.close())
afterEach(() => void vi.restoreAllMocks())

const offline = { audience: orders, scope: "openid offline_access read" }

const watched = () => {
  const warnings: Array<string> = []
  const telemetry = telemetryEvents((event) => void (event.type === "warning" && warnings.push(event.message)))
  return { warnings, telemetry }
}

describe.each(sessionStorages)("a login that is to be renewed, with sessions in %s", (_, sessions) => {
  it("is one that people consent to, so that the issuer gives a refresh token", async () => {
    const clock = movedClock()
    const { warnings, telemetry } = watched()
    const options = { sessions: sessions(), target: offline, authorization: undefined, telemetry, now: clock.now }
    await using world = startApp(issuer, options)
    const browser = world.browser()
    await browser.signIn()
    clock.ahead = hour
    expect((await browser.get("/token")).status).toBe(200)
    expect(warnings).toEqual([])
  })

  it("is warned of where it brings no refresh token", async () => {
    const { warnings, telemetry } = watched()
    await using world = startApp(issuer, {
      sessions: sessions(),
      target: offline,
      authorization: { prompt: [] },
      telemetry,
    })
    await world.browser().signIn()
    expect(warnings).toEqual([expect.stringContaining("no refresh token although offline_access was asked for")])
  })
})

describe.each(sessionStorages)("a handler that finds no token, with sessions in %s", (_, sessions) => {
  const target = { audience: orders, scope: "openid read" }

  it("sends people to sign in again, and answers scripts 401", async () => {
    vi.spyOn(console, "error").mockReturnValue()
    const clock = movedClock()
    await using world = startApp(issuer, { sessions: sessions(), target, authorization: {}, now: clock.now })
    const browser = world.browser()
    await browser.signIn()
    clock.ahead = hour
    const sent = await browser.get("/token?a=1")
    expect([sent.status, locationOf(sent)]).toEqual([303, "/login?returnTo=%2Ftoken%3Fa%3D1"])
    expect(sent.headers.get("content-type")).toBeNull()
    const script = await browser.get("/token", asScript)
    expect([script.status, await script.json()]).toEqual([401, expect.objectContaining({ code: "login_required" })])
    await browser.signIn(locationOf(sent))
    expect((await browser.get("/token")).status).toBe(200)
  })

  it("sends nobody round in circles, and leaves alone what the application answers itself", async () => {
    vi.spyOn(console, "error").mockReturnValue()
    const clock = movedClock()
    await using world = startApp(issuer, { sessions: sessions(), target, authorization: {}, now: clock.now })
    const { login } = world
    const app = new Hono()
    app.use(login.session)
    app.route("/", login.routes)
    app.get("/ledger", login.requireLogin(), async (c) => c.text(await c.var.session.token({ audience: ledger })))
    app.get("/broken", login.requireLogin(), () => Promise.reject(new Error("something else")))
    const browser = world.browser().copyAt(app)
    await browser.signIn()
    expect((await browser.get("/ledger")).status).toBe(500)
    clock.ahead = 2 * minute
    expect((await browser.get("/ledger")).status).toBe(303)
    expect((await browser.get("/broken")).status).toBe(500)
    app.onError((error, c) => c.text(error.name, 418))
    expect((await browser.get("/ledger")).status).toBe(418)
  })
})

it("the first login of an application whose clock is slow succeeds", async () => {
  const slow = vi.spyOn(Date, "now")
  const real = performance.timeOrigin
  slow.mockImplementation(() => Math.floor(real + performance.now()) - 15 * minute)
  await using world = startApp(issuer, { sessions: storedSessions({ storage: memoryStorage() }) })
  const browser = world.browser()
  const back = await browser.signIn()
  expect([back.status, world.errors]).toEqual([303, []])
})
