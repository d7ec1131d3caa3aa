import { storageLayer, type TokenStorage } from "@bearerkit/core"
import { Lock, memoryStorage, StoreError, storedSessions, TokenStore } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { asScript, type Browser } from "./support/browser.ts"
import { renewsOnce, startFleet } from "./support/fleet.ts"
import { failing, makeOutage, sharedSessionStorages } from "./support/shared.ts"
import { hour, minute, movedClock, startApp, startTestIssuer } from "./support/world.ts"

let issuer: Issuer
beforeAll(async () => void (issuer = await startTestIssuer()))
afterAll(() => issuer.close())

describe.each(sharedSessionStorages)("a fleet with sessions in %s", (_, storageOf) => {
  it("renews once for 20 requests at expiry on 4 processes, and logs nobody out", async () => {
    const clock = movedClock()
    const options = { sessions: storageOf(), now: clock.now }
    await using fleet = startFleet(issuer, [options, options, options, options])
    const browser = fleet.browser()
    await browser.signIn()
    const spent = issuer.refreshes.length
    clock.ahead = hour
    await renewsOnce(issuer, fleet, browser)
    clock.ahead = 2 * hour
    for (const { app } of fleet.processes) expect((await browser.copyAt(app).get("/token")).status).toBe(200)
    expect(issuer.refreshes.length - spent).toBe(2)
  })

  it.each(Object.entries(failing))("keeps the session through %s, and goes on afterwards", async (_, answer) => {
    const clock = movedClock()
    const outage = makeOutage()
    await using world = startApp(issuer, { sessions: storageOf(), now: clock.now, fetch: outage.fetch })
    const browser = world.browser()
    await browser.signIn()
    clock.ahead = hour
    outage.answer = answer
    const me = await browser.get("/me", asScript)
    expect(me.status).toBe(200)
    expect(await me.json()).toMatchObject({ access: null, session: { user: { name: "Alice" } } })
    expect(outage.renewals).toBe(1)
    expect(world.errors).toHaveLength(1)
    outage.answer = undefined
    clock.ahead = hour + minute
    expect((await browser.get("/token")).status).toBe(200)
    expect(outage.renewals).toBe(2)
  })

  it("ends when the issuer says so, and takes the cookie back", async () => {
    const clock = movedClock()
    const outage = makeOutage()
    await using world = startApp(issuer, { sessions: storageOf(), now: clock.now, fetch: outage.fetch })
    const browser = world.browser()
    await browser.signIn()
    clock.ahead = hour
    outage.answer = () => Response.json({ error: "invalid_grant" }, { status: 400 })
    const old = browser.copy()
    expect((await browser.get("/me", asScript)).status).toBe(401)
    expect(browser.cookies.size).toBe(0)
    outage.answer = undefined
    expect((await old.get("/me", asScript)).status).toBe(401)
    expect(outage.renewals).toBe(1)
  })

  it("goes on with the cookie that a browser never got", async () => {
    const clock = movedClock()
    await using world = startApp(issuer, { sessions: storageOf(), now: clock.now })
    const browser = world.browser()
    await browser.signIn()
    clock.ahead = hour
    await browser.copy().get("/token")
    const spent = issuer.refreshes.length
    clock.ahead = hour + 5 * minute
    expect((await browser.get("/token")).status).toBe(200)
    expect(issuer.refreshes.length).toBe(spent)
  })
})

describe("a store that fails", () => {
  const breaking = () => {
    const broken = { store: false, lock: false, remove: false, put: "nothing" }
    const begun = new Set<string>()
    const unavailable = new StoreError({ reason: { _tag: "StoreUnavailable", operation: "get" } })
    const guard = <A>(effect: Effect.Effect<A, StoreError>): Effect.Effect<A, StoreError> =>
      Effect.suspend(() => (broken.store ? Effect.fail(unavailable) : effect))
    const store = Layer.effect(
      TokenStore,
      Effect.map(TokenStore, (real) => ({
        get: (...args: Parameters<typeof real.get>) => guard(real.get(...args)),
        put: (...args: Parameters<typeof real.put>) => {
          if (args[0].startsWith("session:")) begun.add(args[0])
          return args[0].startsWith(broken.put) ? Effect.fail(unavailable) : guard(real.put(...args))
        },
        remove: (...args: Parameters<typeof real.remove>) =>
          broken.remove ? Effect.fail(unavailable) : guard(real.remove(...args)),
      })),
    )
    const lock = Layer.effect(
      Lock,
      Effect.map(Lock, (real) => ({
        withLock: (...args) => (broken.lock ? Effect.fail(unavailable) : real.withLock(...args)),
      })),
    )
    const storage: TokenStorage = {
      services: Layer.build(Layer.provide(Layer.merge(store, lock), storageLayer(memoryStorage()))),
    }
    return { broken, begun, storage }
  }

  it("is 503, and nobody is signed out by it", async () => {
    const { broken, storage } = breaking()
    await using world = startApp(issuer, { sessions: storedSessions({ storage }) })
    const browser = world.browser()
    await browser.signIn()
    broken.store = true
    expect((await browser.get("/me", asScript)).status).toBe(503)
    expect((await browser.post("/logout")).status).toBe(503)
    expect(browser.cookies.size).toBe(1)
    expect((await world.browser().get("/open")).status).toBe(200)
    broken.store = false
    expect((await browser.get("/me", asScript)).status).toBe(200)
  })

  it.each(["once:", "session:"])("has a login revoked of which nothing can be kept under %s", async (put) => {
    const { broken, storage } = breaking()
    const revoked: Array<string> = []
    const noting: typeof fetch = (input, init) => {
      const body = String(init?.body)
      if (body.includes("token_type_hint")) revoked.push(body)
      return fetch(input, init)
    }
    await using world = startApp(issuer, { sessions: storedSessions({ storage }), fetch: noting })
    broken.put = put
    expect((await world.browser().signIn()).status).toBe(503)
    expect(revoked).toEqual([expect.stringContaining("refresh_token")])
  })

  it("leaves no session behind that nobody has, where the one before could not be ended", async () => {
    const { broken, begun, storage } = breaking()
    await using world = startApp(issuer, { sessions: storedSessions({ storage }) })
    const browser = world.browser()
    await browser.signIn()
    const arrival = await browser.arrive()
    broken.remove = true
    expect((await browser.get(arrival)).status).toBe(503)
    expect(begun.size).toBe(1)
    expect((await browser.get("/me", asScript)).status).toBe(200)
    broken.remove = false
    expect((await browser.signIn()).status).toBe(303)
    expect(begun.size).toBe(2)
  })

  it("without a lock a token that is still valid is served, and no refresh token is spent", async () => {
    const clock = movedClock()
    const { broken, storage } = breaking()
    const outage = makeOutage()
    await using world = startApp(issuer, { sessions: storedSessions({ storage }), now: clock.now, fetch: outage.fetch })
    const browser = world.browser()
    await browser.signIn()
    broken.lock = true
    clock.ahead = 9 * minute
    for (let n = 0; n < 3; n++) expect((await browser.get("/token")).status).toBe(200)
    clock.ahead = hour
    const me = await browser.get("/me", asScript)
    expect([me.status, outage.renewals]).toEqual([200, 0])
    broken.lock = false
    expect((await browser.get("/token")).status).toBe(200)
    expect(outage.renewals).toBe(1)
  })
})

it("a token that is about to end is renewed in the background, where sessions are in a store", async () => {
  const clock = movedClock()
  const outage = makeOutage()
  await using world = startApp(issuer, {
    sessions: storedSessions({ storage: memoryStorage() }),
    now: clock.now,
    fetch: outage.fetch,
  })
  const browser: Browser = world.browser()
  await browser.signIn()
  const before = await (await browser.get("/token")).text()
  clock.ahead = 9 * minute
  await vi.waitFor(async () => expect(await (await browser.get("/token")).text()).not.toBe(before), 10_000)
  expect(outage.renewals).toBe(1)
})
