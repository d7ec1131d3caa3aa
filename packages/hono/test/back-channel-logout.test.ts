import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { text } from "node:stream/consumers"
import { memoryStorage, storageLayer, StoreError, storedSessions, TokenStore } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { generateKeyPair, importJWK, SignJWT } from "jose"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { asScript, type Browser, locationOf, site } from "./support/browser.ts"
import { bob, issuerJwk, startApp, startTestIssuer, type TestApp } from "./support/world.ts"

const path = "/backchannel-logout"
const isSignedIn = async (browser: Browser) => (await browser.get("/me", asScript)).status === 200

let issuer: Issuer
let world: TestApp
const server = createServer(async (request, response) => {
  const { status, headers } = await deliver(await text(request))
  response.writeHead(status, Object.fromEntries(headers)).end()
}).listen(0, "127.0.0.1")
beforeAll(async () => {
  if (!server.listening) await once(server, "listening")
  const { port } = server.address() as AddressInfo
  issuer = await startTestIssuer({ backChannelLogoutUrl: `http://127.0.0.1:${port}${path}` })
})
beforeEach(() => {
  world = startApp(issuer, { sessions: storedSessions({ storage: memoryStorage() }), afterLogout: "/bye" })
  return () => world[Symbol.asyncDispose]()
})
afterAll(async () => {
  await issuer.close()
  server.close()
})

const deliver = async (body: string): Promise<Response> =>
  world.app.request(`${site}${path}`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body,
  })

const event = { "http://schemas.openid.net/event/backchannel-logout": {} }
const claimsOf = async (browser: Browser) => {
  const { session } = (await (await browser.get("/me")).json()) as { session: { claims: Record<string, unknown> } }
  return session.claims
}

interface Mint {
  readonly claims?: Record<string, unknown>
  readonly header?: { readonly alg?: string; readonly typ?: string; readonly kid?: string }
  readonly key?: Parameters<SignJWT["sign"]>[0]
}

/** A logout token as the issuer makes them, with something else in it. */
const mint = async ({ claims, header, key }: Mint) => {
  const now = Math.floor(Date.now() / 1000)
  const all = {
    iss: issuer.url,
    aud: "web",
    iat: now,
    exp: now + 120,
    jti: crypto.randomUUID(),
    events: event,
    ...claims,
  }
  return new SignJWT(JSON.parse(JSON.stringify(all)) as Record<string, unknown>)
    .setProtectedHeader({ alg: "RS256", typ: "logout+jwt", kid: "issuer-1", ...header })
    .sign(key ?? (await importJWK(issuerJwk)))
}

const gone = new StoreError({ reason: { _tag: "StoreUnavailable", operation: "remove" } })

const formOf = (token: string) => new URLSearchParams({ logout_token: token }).toString()

describe("back-channel logout", () => {
  it("the real issuer ends the session of a person who signs out there, and no other", async () => {
    const [alice, other] = [world.browser(), world.browser(bob)]
    await alice.signIn()
    await other.signIn()
    const away = alice.copy()
    const out = await alice.post("/logout")
    expect(await isSignedIn(away)).toBe(false)
    await away.signIn()
    expect(await isSignedIn(away)).toBe(true)
    await alice.confirmLogout(locationOf(out))
    expect(await isSignedIn(away)).toBe(false)
    expect(await isSignedIn(other)).toBe(true)
  })

  it("a sid ends that session, a sub every session of the person", async () => {
    const browsers = [world.browser(), world.browser(), world.browser()]
    for (const browser of browsers) await browser.signIn()
    const { sub, sid } = await claimsOf(browsers[0]!)
    const first = await deliver(formOf(await mint({ claims: { sub, sid } })))
    expect([first.status, first.headers.get("cache-control")]).toEqual([200, "no-store"])
    expect(await Promise.all(browsers.map(isSignedIn))).toEqual([false, true, true])
    expect((await deliver(formOf(await mint({ claims: { sub } })))).status).toBe(200)
    expect(await Promise.all(browsers.map(isSignedIn))).toEqual([false, false, false])
  })

  it("one that failed is taken when the issuer sends it again", async () => {
    let away = false
    const layer = Layer.effect(
      TokenStore,
      Effect.map(TokenStore, (store): TokenStore["Service"] => ({
        ...store,
        remove: (key, options) => (away ? Effect.fail(gone) : store.remove(key, options)),
      })),
    ).pipe(Layer.provideMerge(storageLayer(memoryStorage())))
    world = startApp(issuer, { sessions: storedSessions({ storage: { services: Layer.build(layer) } }) })
    const browser = world.browser()
    await browser.signIn()
    const { sub } = await claimsOf(browser)
    const token = await mint({ claims: { sub } })
    away = true
    expect((await deliver(formOf(token))).status).toBe(503)
    away = false
    expect((await deliver(formOf(token))).status).toBe(200)
    expect(await isSignedIn(browser)).toBe(false)
  })

  it("one that comes while the person is signing in ends that session too", async () => {
    let sid: unknown
    const storage = memoryStorage()
    const logout = Effect.promise(async () => deliver(formOf(await mint({ claims: { sid } }))))
    const layer = Layer.effect(
      TokenStore,
      Effect.map(TokenStore, (store): TokenStore["Service"] => ({
        ...store,
        put: (key, value, options) => {
          if (!key.startsWith("session:") || !value.includes('"sid"')) return store.put(key, value, options)
          sid = (JSON.parse(value) as { claims: { sid: string } }).claims.sid
          return Effect.andThen(logout, store.put(key, value, options))
        },
      })),
    ).pipe(Layer.provideMerge(storageLayer(storage)))
    world = startApp(issuer, { sessions: storedSessions({ storage: { services: Layer.build(layer) } }) })
    const browser = world.browser()
    const answer = await browser.signIn()
    expect([answer.status, world.errors]).toEqual([401, ["login_required"]])
    expect(await isSignedIn(browser)).toBe(false)
    expect(sid).toEqual(expect.any(String))
  })

  it("a token of an older type is taken; one used before is not", async () => {
    const browser = world.browser()
    await browser.signIn()
    const { sub } = await claimsOf(browser)
    const token = await mint({ claims: { sub }, header: { typ: "JWT" } })
    expect((await deliver(formOf(token))).status).toBe(200)
    await browser.signIn()
    expect((await deliver(formOf(token))).status).toBe(400)
    expect(await isSignedIn(browser)).toBe(true)
  })

  const forgeries: ReadonlyArray<readonly [string, Mint]> = [
    ["with a nonce", { claims: { nonce: "n" } }],
    ["without an event", { claims: { events: undefined } }],
    ["with another event", { claims: { events: { "http://schemas.openid.net/event/other": {} } } }],
    [
      "with an event that is no object",
      { claims: { events: { "http://schemas.openid.net/event/backchannel-logout": 1 } } },
    ],
    ["for another client", { claims: { aud: "other" } }],
    ["of another issuer", { claims: { iss: "https://evil.example" } }],
    ["that has expired", { claims: { iat: 1000, exp: 2000 } }],
    ["without an end", { claims: { exp: undefined } }],
    ["without a beginning", { claims: { iat: undefined } }],
    ["from the future", { claims: { iat: Math.floor(Date.now() / 1000) + 3600 } }],
    ["without a jti", { claims: { jti: undefined } }],
    ["about nobody", { claims: { sub: undefined, sid: undefined } }],
    ["of another kind", { header: { typ: "at+jwt" } }],
    ["signed with a secret", { header: { alg: "HS256" }, key: new TextEncoder().encode("x".repeat(40)) }],
  ]
  it.each(forgeries)("a token %s ends nothing", async (_, forgery) => {
    const browser = world.browser()
    await browser.signIn()
    const { sub } = await claimsOf(browser)
    const answer = await deliver(formOf(await mint({ ...forgery, claims: { sub, ...forgery.claims } })))
    expect([answer.status, answer.headers.get("cache-control")]).toEqual([400, "private, no-store"])
    expect(await isSignedIn(browser)).toBe(true)
    expect(world.errors).toEqual(["logout_token_refused"])
  })

  it("an ID token, an unsigned or a foreign token, or a form without one ends nothing", async () => {
    const browser = world.browser()
    await browser.signIn()
    const { sub } = await claimsOf(browser)
    const { id } = (await (await browser.get("/me")).json()) as { id: string }
    const good = await mint({ claims: { sub } })
    const [, payload = ""] = good.split(".")
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${payload}.`
    const foreign = await mint({ claims: { sub }, key: (await generateKeyPair("RS256")).privateKey })
    const forms = [
      formOf(id),
      formOf(unsigned),
      formOf(foreign),
      "",
      "logout_token=",
      `${formOf(good)}&${formOf(good)}`,
    ]
    for (const form of [...forms, formOf("x".repeat(100_000))]) expect((await deliver(form)).status).toBe(400)
    expect(await isSignedIn(browser)).toBe(true)
  })
})

it("sessions in cookies have no such address, and asking for one is a mistake that is told", async () => {
  await using cookies = startApp(issuer)
  const answer = await cookies.app.request(`${site}${path}`, { method: "POST", body: formOf("x") })
  expect(answer.status).toBe(404)
  expect(() => startApp(issuer, { paths: { backChannelLogout: path } })).toThrow(/storedSessions/)
})
