import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Edge, site, startEdge } from "./support/edge.ts"

let edge: Edge
beforeAll(async () => void (edge = await startEdge()), 60_000)
afterAll(() => edge[Symbol.asyncDispose]())

const asScript = { accept: "application/json", "sec-fetch-mode": "cors", "sec-fetch-site": "same-origin" }
// wrangler makes every Origin an http: one
const ownPage = { "sec-fetch-site": "same-origin" }
const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const json = async (response: Response) => (await response.json()) as Readonly<Record<string, unknown>>

describe("the gateway in workerd", () => {
  it("fetches the keys once for fifty who come cold, and lets in only who has a token", async () => {
    const token = await edge.token()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => edge.gateway.request(`${site}/orders/whoami`, bearer(token))),
    )
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(edge.issuer.countRequests("/jwks")).toBeLessThanOrEqual(2)
    expect((await edge.gateway.request(`${site}/orders/whoami`)).status).toBe(401)
    expect((await edge.gateway.request(`${site}/orders/whoami`, bearer(`${token}x`))).status).toBe(401)
  })

  it("exchanges a client's token for one of the API, once, and the API reads who acts", async () => {
    const token = await edge.token()
    const before = edge.issuer.countRequests("/token", "POST")
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => edge.gateway.request(`${site}/orders/whoami`, bearer(token))),
    )
    for (const answer of answers) {
      expect(await json(answer)).toMatchObject({ aud: "https://orders.example", act: { sub: "gateway" } })
    }
    expect(edge.issuer.countRequests("/token", "POST") - before).toBe(1)
  })

  it("trades an ID token of the old kind for one signed with the legacy API's secret", async () => {
    const answer = await edge.gateway.request(`${site}/legacy/whoami`, bearer(await edge.legacyToken()))
    expect(answer.status).toBe(200)
    expect(await json(answer)).toMatchObject({ aud: "legacy-api", azp: "old-portal" })
    expect((await edge.gateway.request(`${site}/legacy/whoami`, bearer(await edge.token()))).status).toBe(401)
  })

  it("signs a person in, whose session gets at the API", async () => {
    const browser = edge.browser()
    expect((await browser.get("/me", asScript)).status).toBe(401)
    expect((await browser.signIn()).status).toBe(303)
    expect(await json(await browser.get("/me"))).toMatchObject({ user: { name: "Alice" } })
    const orders = await browser.get("/orders/whoami")
    expect(await json(orders)).toMatchObject({ aud: "https://orders.example", act: { sub: "gateway" } })
    expect(orders.headers.has("set-cookie")).toBe(false)
    expect((await browser.post("/logout", ownPage)).status).toBe(303)
    expect((await browser.get("/me", asScript)).status).toBe(401)
  })

  it("knows no session under a name in which browsers see no __Host-, though workerd reads headers as UTF-8", async () => {
    const browser = edge.browser()
    await browser.signIn()
    const statusWith = async (before: string) => {
      const headers = { ...asScript, cookie: `a=b; ${before}${browser.cookies.header}` }
      return (await edge.gateway.request(`${site}/me`, { headers })).status
    }
    expect(await statusWith("")).toBe(200)
    for (const bytes of ["\u00a0", "\u00c2\u00a0", "\u00e2\u0080\u0080", "\u00ef\u00bb\u00bf"]) {
      expect(await statusWith(bytes)).toBe(401)
    }
  })

  it("goes on with a session whose object was evicted, and renews it", async () => {
    const browser = edge.browser()
    await browser.signIn()
    expect(await edge.gateway.evict()).toBeGreaterThan(0)
    expect((await browser.get("/me")).status).toBe(200)
    await edge.gateway.moveClock(3_600_000)
    expect((await browser.get("/me")).status).toBe(200)
    await edge.gateway.moveClock(0)
  })

  it("is not poisoned by a first request that is aborted", async () => {
    const browser = edge.browser()
    await browser.signIn()
    await edge.gateway.moveClock(3_600_000)
    const cookie = browser.cookies.header
    const before = edge.issuer.refreshes.length
    const first = new AbortController()
    const renewing = edge.issuerGate.shut()
    const aborted = edge.gateway.request(`${site}/me`, { headers: { ...asScript, cookie }, signal: first.signal })
    await renewing
    const others = Array.from({ length: 10 }, () => browser.copy().get("/me", asScript))
    first.abort()
    await expect(aborted).rejects.toThrow(/abort/)
    edge.issuerGate.open()
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual(others.map(() => 200))
    expect(edge.issuer.refreshes.length - before).toBe(1)
    await edge.gateway.moveClock(0)
  })

  it("renews each of 50 sessions once for 500 requests at expiry", { timeout: 120_000 }, async () => {
    const browsers = Array.from({ length: 50 }, edge.browser)
    for (const browser of browsers) await browser.signIn()
    const before = edge.issuer.refreshes.length
    await edge.gateway.moveClock(3_600_000)
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, n) => browsers[n % 50]!.copy().get("/me", asScript)),
    )
    expect(answers.filter(({ status }) => status !== 200)).toEqual([])
    const spent = edge.issuer.refreshes.slice(before).map(({ token }) => token)
    expect(spent.length).toBe(50)
    expect(new Set(spent).size).toBe(50)
    await edge.gateway.moveClock(0)
  })

  it("tells what it did, in numbers alone", async () => {
    const status = await edge.status()
    expect(status).toMatchObject({ answers: { "2xx": expect.any(Number) }, renewals: expect.any(Number) })
    for (const secret of edge.issuer.minted) expect(JSON.stringify(status)).not.toContain(secret)
    const lines = edge.gateway.lines()
    expect(lines.some((line) => line.includes('"event":"request"'))).toBe(true)
    for (const secret of edge.issuer.minted) expect(lines.join("\n")).not.toContain(secret)
  })
})
