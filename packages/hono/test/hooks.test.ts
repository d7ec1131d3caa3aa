import { telemetryEvents, makeWarn } from "@bearerkit/core"
import type { Issuer } from "@bearerkit/issuer"
import { Hono } from "hono"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { bearerAuth, clientSecretBasic, delegation, webLogin, type WebLoginOptions } from "../src/index.ts"
import { site } from "./support/browser.ts"
import { makeOutage } from "./support/shared.ts"
import { cookieKeys, hour, movedClock, orders, secret, startApp, startTestIssuer } from "./support/world.ts"

let issuer: Issuer
beforeAll(async () => void (issuer = await startTestIssuer()))
afterAll(() => issuer.close())

const watched = () => {
  const warnings: Array<string> = []
  const telemetry = telemetryEvents((event) => void (event.type === "warning" && warnings.push(event.message)))
  return { warnings, telemetry }
}

const away = async (): Promise<never> => Promise.reject(new TypeError("fetch failed"))
const nobody = "https://issuer.example"

describe("a hook that fails decides nothing, and is warned of", () => {
  const failures: ReadonlyArray<readonly [string, () => Promise<void> | void]> = [
    [
      "throws",
      () => {
        throw new Error("the log server is away: eyJhbGciOi.eyJzdWIiOi.x")
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("the log server is away: eyJhbGciOi.eyJzdWIiOi.x")
      },
    ],
  ]
  const warned = ["A hook failed: Error: the log server is away: [token removed]"]

  it.each(failures)("onRefused of bearerAuth, which %s", async (_, onRefused) => {
    const { warnings, telemetry } = watched()
    const app = new Hono().use(bearerAuth({ issuer: nobody, audience: orders, onRefused, telemetry }))
    expect((await app.request("/")).status).toBe(401)
    await vi.waitFor(() => expect(warnings).toEqual(warned))
  })

  it.each(failures)("onError of delegation, which %s", async (_, onError) => {
    const { warnings, telemetry } = watched()
    await using web = startApp(issuer)
    await using delegate = delegation({ issuer: nobody, clientId: "web", onError, telemetry })
    const app = new Hono().use(web.login.session).all("/orders/*", delegate.forwardTo("https://orders.example", {}))
    expect((await app.request("/orders/1")).status).toBe(401)
    await vi.waitFor(() => expect(warnings).toEqual(warned))
  })

  it.each(failures)("onError of webLogin, which %s", async (_, onError) => {
    const { warnings, telemetry } = watched()
    const clock = movedClock()
    const outage = makeOutage()
    await using web = startApp(issuer, { onError, telemetry, now: clock.now, fetch: outage.fetch })
    const browser = web.browser()
    await browser.signIn()
    clock.ahead = hour
    outage.answer = away
    expect((await browser.get("/me")).status).toBe(200)
    expect((await web.browser().get("/callback")).status).toBe(400)
    expect(warnings).toEqual(warned)
  })
})

describe("a hook ends its work though the answer is out", () => {
  const work = async (): Promise<void> => {}

  it("of bearerAuth", async () => {
    const waitUntil = vi.fn<(work: Promise<unknown>) => void>()
    const app = new Hono().use(bearerAuth({ issuer: nobody, audience: orders, onRefused: work, waitUntil }))
    expect((await app.request("/")).status).toBe(401)
    expect(waitUntil.mock.calls).toEqual([[expect.any(Promise)]])
  })

  it("of delegation", async () => {
    const waitUntil = vi.fn<(work: Promise<unknown>) => void>()
    await using web = startApp(issuer)
    await using delegate = delegation({ issuer: nobody, clientId: "web", onError: work, waitUntil })
    const app = new Hono().use(web.login.session).all("/orders/*", delegate.forwardTo("https://orders.example", {}))
    expect((await app.request("/orders/1")).status).toBe(401)
    expect(waitUntil.mock.calls).toEqual([[expect.any(Promise)]])
  })
})

it("no page waits for the hook of webLogin, whose answer it does not need", async () => {
  const clock = movedClock()
  const outage = makeOutage()
  const onError = vi.fn<() => Promise<void>>(() => new Promise(() => {}))
  await using web = startApp(issuer, { onError, now: clock.now, fetch: outage.fetch })
  const browser = web.browser()
  await browser.signIn()
  clock.ahead = hour
  outage.answer = away
  expect((await browser.get("/me")).status).toBe(200)
  expect(onError).toHaveBeenCalledOnce()
})

it("a page of the application's own says as much in its headers as ours", async () => {
  const busy = () => new Response("", { status: 503, headers: { "retry-after": "30" } })
  const onError = () => new Response("our own page")
  await using web = startApp(issuer, { onError })
  await using late = startApp(issuer, { onError, fetch: async () => busy() })
  const script = { accept: "application/json", "sec-fetch-mode": "cors" }
  const [nobody, wait] = [await web.browser().get("/me", script), await late.browser().get("/login")]
  expect(nobody.headers.get("www-authenticate")).toBe("Cookie")
  expect(wait.headers.get("retry-after")).toBe("30")
  expect([await nobody.text(), await wait.text()]).toEqual(["our own page", "our own page"])
})

describe("without a hook the operator is warned of what is no fault of the caller's, once a minute", () => {
  it("by bearerAuth: that tokens cannot be checked", async () => {
    const { warnings, telemetry } = watched()
    const app = new Hono().use(bearerAuth({ issuer: nobody, audience: orders, fetch: away, telemetry }))
    const part = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url")
    const header = part({ alg: "ES256", typ: "at+jwt", kid: "a" })
    const iat = Math.floor(Date.now() / 1000)
    const claims = { iss: nobody, aud: orders, sub: "a", client_id: "b", jti: "c", iat, exp: iat + 600 }
    const token = `${header}.${part(claims)}.${"A".repeat(86)}`
    for (const headers of [{}, { authorization: `Bearer ${token}` }, { authorization: `Bearer ${token}` }]) {
      await app.request("/", { headers })
    }
    expect(warnings).toEqual([expect.stringMatching(/issuer\.example.* could not be reached/)])
  })

  it("each cause by itself, however they come by turns", () => {
    const { warnings, telemetry } = watched()
    const warn = makeWarn({ telemetry })
    for (const issuer of ["a", "b", "a", "b"]) warn(`${issuer} could not be reached`)
    expect(warnings).toEqual(["a could not be reached", "b could not be reached"])
  })

  it("however long it still asks to wait", () => {
    const { warnings, telemetry } = watched()
    const warn = makeWarn({ telemetry })
    for (const seconds of [30, 29]) warn(`It answered 429, and asks to wait ${seconds} s. Wait.`)
    expect(warnings).toEqual(["It answered 429, and asks to wait 30 s. Wait."])
  })

  const signIn = async (options: Partial<WebLoginOptions>) => {
    const { warnings, telemetry } = watched()
    await using login = webLogin({
      issuer: issuer.url,
      clientId: "web",
      clientAuth: clientSecretBasic(secret),
      baseUrl: site,
      cookieKeys,
      target: { scope: "openid" },
      telemetry,
      ...options,
    })
    for (let n = 0; n < 2; n++) await login.routes.request("/login")
    return warnings
  }

  it("by webLogin: why nobody can sign in, with the redirect URI that is not registered", async () => {
    const [refused, ...more] = await signIn({ baseUrl: "https://other.example" })
    expect(refused).toMatch(/invalid_request.*redirect_uri.*https:\/\/other\.example\/callback/)
    expect(more).toEqual([])
    expect(await signIn({ clientAuth: clientSecretBasic("wrong") })).toEqual([
      expect.stringContaining("invalid_client"),
    ])
    expect(await signIn({ fetch: away })).toEqual([expect.stringContaining("could not be reached")])
  })
})
