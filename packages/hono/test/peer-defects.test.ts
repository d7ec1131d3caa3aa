import * as Duration from "effect/Duration"
import { Hono } from "hono"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeSigner, mint, nowSeconds } from "../../core/test/verify/mint.ts"
import { bearerAuth, clientSecretBasic, introspection } from "../src/index.ts"
import { bearer, doorFor, explained, url } from "./door.ts"
import { audience, type Shop, startShop } from "./shop.ts"

/** What was measured in other libraries and must not be found here; each test bears the defect's name. */
describe("with the real issuer", () => {
  let shop: Shop
  beforeAll(async () => {
    shop = await startShop()
  })
  afterAll(() => shop.issuer.close())

  it("jose on Workers, hono/jwk: fifty cold requests are one fetch, fifty warm ones none", async () => {
    const { app } = doorFor(shop.options)
    const before = shop.issuer.countRequests("/jwks")
    const fifty = async () => {
      const all = Array.from({ length: 50 }, () => app.request(url, bearer(shop.token)))
      return (await Promise.all(all)).filter(({ status }) => status === 200).length
    }
    expect(await fifty()).toBe(50)
    expect(shop.issuer.countRequests("/jwks") - before).toBe(1)
    expect(await fifty()).toBe(50)
    expect(shop.issuer.countRequests("/jwks") - before).toBe(1)
  })

  it("better-auth: fifty unknown key ids are at most one fetch", async () => {
    const { app, knock } = doorFor(shop.options)
    expect(await knock(shop.token)).toBe("200")
    const before = shop.issuer.countRequests("/jwks")
    const stranger = makeSigner("ES256")
    const made = (kid: string) => mint(stranger, { header: { kid }, claims: { iss: shop.issuer.url, aud: audience } })
    const all = Array.from({ length: 50 }, (_, index) => app.request(url, bearer(made(`made up ${index}`))))
    expect((await Promise.all(all)).every(({ status }) => status === 401)).toBe(true)
    expect(shop.issuer.countRequests("/jwks") - before).toBe(1)
  })

  it("hono/jwk: no fetch at all for a token that fails on shape, algorithm, issuer, audience, type or expiry", async () => {
    const { knock } = doorFor(shop.options)
    const before = shop.issuer.requests.length
    const signer = makeSigner("ES256")
    const good = { iss: shop.issuer.url, aud: audience }
    const bad = [
      "x",
      mint(makeSigner("HS256"), { claims: good }),
      mint(signer, { claims: { ...good, iss: "https://evil.example" } }),
      mint(signer, { claims: { ...good, aud: "x" } }),
      mint(signer, { claims: { ...good, exp: nowSeconds() - 60 } }),
      mint(signer, { claims: good, header: { typ: "JWT" } }),
    ]
    for (const token of bad) expect((await knock(token)).slice(0, 3)).toBe("401")
    expect(shop.issuer.requests.length).toBe(before)
  })

  it("hono/jwk: without a token there is no error code and no URL as realm", async () => {
    const app = new Hono().get("/", bearerAuth(shop.options), (c) => c.text(""))
    expect((await app.request("/")).headers.get("www-authenticate")).toBe("Bearer")
  })
})

describe("in an outage", () => {
  it("jose, hono/jwk, auth0-api-js: 20 of 20 valid tokens are answered after the key set aged", async () => {
    const shop = await startShop()
    const signed = shop.token
    let now = Date.now()
    const { app, knock } = doorFor({ ...shop.options, now: () => now })
    expect(await knock(signed)).toBe("200")
    await shop.issuer.close()
    // past the life of the set
    now += 11 * 60_000
    const all = Array.from({ length: 20 }, () => app.request(url, bearer(signed)))
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200))
  })

  it("an issuer that was never reached is 503, not a bad token; a key set that is not found is no 500", async () => {
    const signer = makeSigner("ES256")
    const server = createServer((request, response) => {
      const issuer = `http://${request.headers.host}`
      if (request.url !== "/.well-known/openid-configuration") return response.writeHead(404).end()
      return response.end(JSON.stringify({ issuer, jwks_uri: `${issuer}/jwks`, response_types_supported: ["code"] }))
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const { app, refusals } = doorFor({ issuer, audience })
    const response = await app.request(url, bearer(mint(signer, { claims: { iss: issuer, aud: audience } })))
    server.close()
    expect(response.status).toBe(503)
    expect(response.headers.get("www-authenticate")).toBeNull()
    expect(response.headers.get("cache-control")).toBe("no-store")
    expect(await response.json()).toMatchObject({ status: 503, detail: "Access tokens cannot be checked now." })
    expect(explained(refusals)).toMatchObject({ code: "keys_unavailable", retryable: true })
  })
  it("an issuer that asks for patience: callers are told how long, with keys and with introspection", async () => {
    const server = createServer((_, response) => response.writeHead(503, { "retry-after": "120" }).end())
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const token = mint(makeSigner("ES256"), { claims: { iss: issuer, aud: audience } })
    const asked = introspection({ issuer, audience, clientId: "shop", clientAuth: clientSecretBasic("a secret") })
    for (const options of [{ issuer, audience }, { introspection: asked }]) {
      const { app, refusals } = doorFor(options)
      const response = await app.request(url, bearer(token))
      expect(response.status).toBe(503)
      expect(response.headers.get("retry-after")).toBe("120")
      expect(explained(refusals)?.retryAfter).toEqual(Duration.seconds(120))
    }
    server.close()
  })
})
