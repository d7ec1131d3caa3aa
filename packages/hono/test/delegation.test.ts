import { text } from "node:stream/consumers"
import type { WebSession } from "@bearerkit/core"
import { Hono } from "hono"
import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { bearerAuth } from "../src/index.ts"
import { type Acting, startActing } from "./support/acting.ts"
import { site } from "./support/browser.ts"
import { startUpstream, type Upstream } from "./support/upstream.ts"
import { ledger, orders } from "./support/world.ts"

let world: Acting
beforeAll(async () => void (world = await startActing()))
afterAll(() => world.close())

const tokenOf = (authorization: string | undefined) => decodeJwt(String(authorization).replace("Bearer ", ""))

describe("onBehalfOf", () => {
  it("trades the session's token for the next API's, once", async () => {
    await using calls = world.acting()
    const browser = world.signedIn((app) =>
      app.get("/", async (c) => c.json(await calls.onBehalfOf(c, { audience: ledger }))),
    )
    const before = world.issuer.countGrants("token-exchange")
    const answers = await Promise.all(Array.from({ length: 10 }, async () => (await browser.get("/")).json()))
    const [first] = answers as Array<{ authorization: string; token: string }>
    expect(new Set(answers.map((answer) => (answer as { token: string }).token)).size).toBe(1)
    expect(world.issuer.countGrants("token-exchange") - before).toBe(1)
    const { sub } = tokenOf(first?.authorization)
    expect(tokenOf(first?.authorization)).toMatchObject({ aud: ledger, act: { sub: "web" } })
    expect(sub).toBe(tokenOf(await (await world.alice.get("/token")).text()).sub)
  })

  it("trades the token of the caller that bearerAuth has let in", async () => {
    await using calls = world.acting()
    const app = new Hono()
      .use(bearerAuth({ issuer: world.issuer.url, audience: orders }))
      .get("/", async (c) => c.text((await calls.onBehalfOf(c, { audience: ledger })).token))
    const token = await (await world.alice.get("/token")).text()
    const answer = await app.request("/", { headers: { authorization: `Bearer ${token}` } })
    expect(tokenOf(await answer.text())).toMatchObject({ aud: ledger, sub: tokenOf(token).sub, act: { sub: "web" } })
    expect((await app.request("/")).status).toBe(401)
  })

  it("uses the session's own token where it is for the target already", async () => {
    await using calls = world.acting()
    const target = { audience: orders, scope: "openid profile email offline_access read" }
    const browser = world.signedIn((app) =>
      app.get("/", async (c) => c.text((await calls.onBehalfOf(c, target)).token)),
    )
    const before = world.issuer.countGrants("token-exchange")
    expect(await (await browser.get("/")).text()).toBe(await (await world.alice.get("/token")).text())
    expect(world.issuer.countGrants("token-exchange")).toBe(before)
  })

  it("acts at no target that is not allowed, and for nobody who is not there", async () => {
    await using calls = world.acting({ allowedTargets: [orders] })
    const codes: Array<string> = []
    const attempt = (c: Parameters<typeof calls.onBehalfOf>[0]) =>
      calls.onBehalfOf(c, { audience: ledger }).catch((error: { code: string }) => {
        codes.push(error.code)
        return c.text("refused")
      })
    await world.signedIn((app) => app.get("/", async (c) => (await attempt(c)) as Response)).get("/")
    const anonymous = new Hono().get("/", async (c) =>
      c.text(await code(() => calls.onBehalfOf(c, { audience: ledger }))),
    )
    codes.push(await (await anonymous.request("/")).text())
    expect(codes).toEqual(["delegation_not_allowed", "login_required"])
  })

  it("calls APIs that are listed, and no other", async () => {
    await using upstream = await startUpstream((request, response) => response.end(request.headers.authorization))
    await using calls = world.acting({ apis: { [upstream.url]: { audience: ledger } } })
    const browser = world.signedIn((app) =>
      app.get("/", async (c) => c.text(await (await calls.fetchOnBehalfOf(c, `${upstream.url}/a`)).text())),
    )
    expect(tokenOf(await (await browser.get("/")).text())).toMatchObject({ aud: ledger })
    const elsewhere = world.signedIn((app) =>
      app.get("/", async (c) => c.text(await code(() => calls.fetchOnBehalfOf(c, "https://evil.example/")))),
    )
    expect(await (await elsewhere.get("/")).text()).toBe("origin_not_allowed")
    expect(() => world.acting({ apis: { "https://ledger.example/path": {} } })).toThrow(/origin/)
  })
})

const code = async (work: () => Promise<unknown>): Promise<string> => {
  try {
    await work()
    return "none"
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe("forwardTo", () => {
  it("asks for a token, or for a login, where nobody is there", async () => {
    await using calls = world.acting()
    const forward = calls.forwardTo("https://ledger.example/v1", { audience: ledger })
    const options = { issuer: world.issuer.url, audience: orders, realm: "orders", optional: true } as const
    const api = new Hono().all("/api/*", bearerAuth(options), forward)
    const asked = await api.request("/api/x")
    expect([asked.status, asked.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="orders"'])
    const web = new Hono().all("/api/*", world.login.session, forward)
    const refused = await web.request("/api/x")
    expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Cookie"])
    expect(await refused.json()).toMatchObject({ code: "login_required" })
    const bare = new Hono().all("/api/*", forward).onError((error, c) => c.text(error.message, 500))
    expect(await (await bare.request("/api/x")).text()).toContain("bearerAuth(...)")
  })

  const through = (upstream: Upstream, calls: ReturnType<Acting["acting"]>) =>
    world.signedIn((app) => app.all("/api/*", calls.forwardTo(`${upstream.url}/v1`, { audience: ledger })))

  it("forwards path, query and body with a token of its own, and nothing that says who somebody is here", async () => {
    await using upstream = await startUpstream(async (request, response) => {
      const body = await text(request)
      const { method, url, headers } = request
      response.setHeader("content-type", "application/json")
      response.setHeader("set-cookie", "upstream=1")
      response.setHeader("connection", "x-hop")
      response.setHeader("x-hop", "1")
      response.setHeader("x-internal", "1")
      response.setHeader("etag", '"1"')
      response.end(JSON.stringify({ method, url, headers, body }))
    })
    await using calls = world.acting()
    const browser = through(upstream, calls)
    const answer = await browser.post("/api/orders/1%20a?b=c", {
      origin: site,
      accept: "application/json",
      authorization: "Bearer mine",
      connection: "accept-language",
      "accept-language": "de",
      "x-forwarded-for": "1.2.3.4",
      "x-forwarded-host": "evil.example",
      forwarded: "for=1.2.3.4",
      "x-custom": "1",
      "proxy-authorization": "Basic x",
      te: "trailers",
      "content-type": "text/plain",
    })
    const seen = (await answer.json()) as { method: string; url: string; headers: Record<string, string> }
    expect([answer.status, seen.method, seen.url]).toEqual([200, "POST", "/v1/orders/1%20a?b=c"])
    expect(tokenOf(seen.headers["authorization"])).toMatchObject({ aud: ledger, act: { sub: "web" } })
    // what fetch and Node say of themselves
    const own = new Set(["accept-encoding", "connection", "content-length", "host", "sec-fetch-mode", "user-agent"])
    const passed = Object.keys(seen.headers).filter((name) => !own.has(name))
    expect(passed.toSorted()).toEqual(["accept", "accept-language", "authorization", "content-type"])
    expect(seen.headers["accept-language"]).toBe("*")
    expect(Object.fromEntries(answer.headers)).toEqual({
      "cache-control": "private, no-store",
      "content-type": "application/json",
      etag: '"1"',
      "x-content-type-options": "nosniff",
    })
  })

  it("makes what came to a token private, unless the upstream says otherwise", async () => {
    for (const [said, told] of [
      ["max-age=600", "private, max-age=600"],
      ["public, max-age=600", "public, max-age=600"],
      ["no-store", "no-store"],
    ] as const) {
      await using upstream = await startUpstream((_request, response) => {
        response.setHeader("cache-control", said)
        response.end()
      })
      await using calls = world.acting()
      expect((await through(upstream, calls).get("/api/a")).headers.get("cache-control")).toBe(told)
    }
  })

  it("answers 502 where the upstream's status is none", async () => {
    await using upstream = await startUpstream((_request, response) => {
      response.writeHead(999).end()
    })
    await using calls = world.acting()
    expect((await through(upstream, calls).get("/api/a")).status).toBe(502)
  })

  it("streams both ways", async () => {
    await using upstream = await startUpstream((request, response) => {
      request.once("data", (chunk) => response.write(`first ${chunk}`))
      request.on("end", () => response.end(" last"))
    })
    await using calls = world.acting()
    const app = new Hono<{ Variables: { session: WebSession } }>()
    app.use(world.login.session, world.login.requireLogin())
    app.all("/api/*", calls.forwardTo(upstream.url, { audience: ledger }))
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
    const writer = writable.getWriter()
    const cookie = [...world.alice.cookies].map(([name, value]) => `${name}=${value}`).join("; ")
    const init = { method: "POST", body: readable, duplex: "half", headers: { cookie, origin: site } } as const
    const answering = app.request(`${site}/api/stream`, init as RequestInit)
    await writer.write(new TextEncoder().encode("piece"))
    const answer = await answering
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader.read()).value).toBe("first piece")
    await writer.close()
    expect((await reader.read()).value).toBe(" last")
  })

  it("keeps no more of a body than it may, whatever its Content-Length says", async () => {
    let reach = (): void => {}
    const reached = new Promise<void>((resolve) => void (reach = resolve))
    await using upstream = await startUpstream(async (request, response) => {
      request.once("data", () => reach())
      response.end(String((await text(request)).length))
    })
    await using calls = world.acting()
    const app = new Hono<{ Variables: { session: WebSession } }>()
    app.use(world.login.session, world.login.requireLogin())
    app.all("/api/*", calls.forwardTo(upstream.url, { audience: ledger }))
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new Uint8Array(100_000).fill(97)),
      pull: async (controller) => {
        await reached
        controller.enqueue(new Uint8Array([98]))
        controller.close()
      },
    })
    const headers = { cookie: world.alice.cookies.header, origin: site, "content-length": "10" }
    const answer = await app.request(`${site}/api/a`, { method: "POST", body, duplex: "half", headers } as RequestInit)
    expect(await answer.text()).toBe("100001")
  })

  it("gets another token when the upstream refuses the one it had, once", async () => {
    const seen: Array<string | undefined> = []
    await using upstream = await startUpstream((request, response) => {
      seen.push(request.headers.authorization)
      response.writeHead(request.url?.endsWith("never") || seen.length === 1 ? 401 : 200).end("answer")
    })
    await using calls = world.acting()
    const browser = through(upstream, calls)
    const before = world.issuer.countGrants("token-exchange")
    expect((await browser.get("/api/a")).status).toBe(200)
    expect(new Set(seen).size).toBe(2)
    expect((await browser.get("/api/b")).status).toBe(200)
    expect(seen[2]).toBe(seen[1])
    expect((await browser.get("/api/never")).status).toBe(401)
    expect([seen.length, world.issuer.countGrants("token-exchange") - before]).toEqual([5, 3])
  })

  it("follows no redirect, leaves no prefix, and says so as a problem", async () => {
    await using upstream = await startUpstream((_, response) =>
      response.writeHead(302, { location: "https://evil.example" }).end(),
    )
    const errors: Array<string> = []
    await using calls = world.acting({ onError: (error) => void errors.push(error.code) })
    const browser = through(upstream, calls)
    const json = { accept: "application/json" }
    const redirected = await browser.get("/api/a", json)
    expect([redirected.status, redirected.headers.get("location")]).toEqual([502, null])
    for (const path of ["/api/..%2fadmin", "/api/%252e%252e/admin", "/api/a%5c..%5cadmin"]) {
      expect((await browser.get(path, json)).status).toBe(400)
    }
    expect(upstream.requests).toHaveLength(1)
    expect(errors).toEqual(["redirect_refused", "path_refused", "path_refused", "path_refused"])
    expect(
      (await world.alice.copyAt(new Hono().all("/api/*", (c) => c.text(c.req.path))).get("/api/..%2fa")).status,
    ).toBe(200)
  })

  it("tells mistakes at once: an upstream that is none, a header that is never forwarded", async () => {
    await using calls = world.acting()
    expect(() => calls.forwardTo("/api", {})).toThrow(/upstream/)
    expect(() => calls.forwardTo("https://a.example", {}, { requestHeaders: ["Cookie"] })).toThrow(/Cookie/)
    expect(() => calls.forwardTo("https://a.example", {}, { requestHeaders: ["x-forwarded-for"] })).toThrow(/never/)
    expect(() => calls.forwardTo("https://a.example", {}, { responseHeaders: ["set-cookie"] })).toThrow(/set-cookie/)
  })
})
