import type { ClaimsSchema } from "@bearerkit/core"
import { Hono } from "hono"
import { describe, expect, it } from "vitest"
import { audience, issuer, makeSigner, mint, nowSeconds } from "../../core/test/verify/mint.ts"
import { bearerAuth, BearerError, type Refusal, requireClaim, requireFreshLogin, requireScope } from "../src/index.ts"
import { bearer } from "./door.ts"

const signer = makeSigner("HS256")
const refusals: Array<Refusal> = []
const auth = bearerAuth({
  issuer,
  audience,
  keys: signer.keys,
  realm: "orders",
  optional: true,
  onRefused: (refusal) => void refusals.push(refusal),
})
const app = new Hono()
  .use(auth)
  .get("/write", requireScope("read:orders", "write:orders"), (c) => c.text("written"))
  .get("/delete", requireScope("read:orders", "delete:orders"), (c) => c.text("deleted"))
  .get("/admin", requireClaim("roles", "admin"), (c) => c.text("administrated"))
  .get(
    "/org",
    requireClaim("org", "acme"),
    requireClaim("level", (level) => Number(level) > 2),
    (c) => c.text("org"),
  )
  .get("/pay", requireFreshLogin({ maxAge: "5 minutes", acrValues: ["mfa", "hwk"] }), (c) => c.text("paid"))
  .get("/recent", requireFreshLogin({ maxAge: "5 minutes" }), (c) => c.text("recent"))

const ask = async (path: string, claims: Readonly<Record<string, unknown>> = {}) => {
  const response = await app.request(path, bearer(mint(signer, { claims })))
  return { status: response.status, challenge: response.headers.get("www-authenticate") }
}

describe("requireScope", () => {
  it("lets on whom the token allows it, and tells the others what it takes", async () => {
    expect(await ask("/write")).toMatchObject({ status: 200 })
    expect(await ask("/delete")).toEqual({
      status: 403,
      challenge:
        'Bearer realm="orders", error="insufficient_scope", error_description="The access token does not have the scope that this needs.", scope="read:orders delete:orders"',
    })
    expect(refusals.at(-1)?.reason).toEqual({
      _tag: "InsufficientScope",
      required: ["read:orders", "delete:orders"],
      missing: ["delete:orders"],
    })
  })

  it("does not take a part of a scope for it", async () => {
    for (const scope of ["write:orders", "read:ordersx write:orders", "read:orders  write:order", ""])
      expect(await ask("/write", { scope })).toMatchObject({ status: 403 })
  })

  it("asks nobody for a token where a caller is optional", async () => {
    const response = await app.request("/write")
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="orders"'])
  })

  it("is wrong with a scope that is none, without any, and without bearerAuth", async () => {
    expect(() => requireScope("two words")).toThrow(BearerError)
    // such as a list from a configuration, which would open the route
    const none = [] as unknown as [string]
    expect(() => requireScope(...none)).toThrow(BearerError)
    const lonely = new Hono().get("/", requireScope("read"), (c) => c.text(""))
    const errors: Array<Error> = []
    lonely.onError((error, c) => {
      errors.push(error)
      return c.text("", 500)
    })
    await lonely.request("/")
    expect(errors[0]).toMatchObject({ code: "invalid_options", fix: expect.stringContaining("bearerAuth(...)") })
  })
})

describe("requireClaim", () => {
  it("takes a value, a list that has it, or what a function says", async () => {
    expect(await ask("/admin", { roles: ["user", "admin"] })).toMatchObject({ status: 200 })
    expect(await ask("/admin", { roles: "admin" })).toMatchObject({ status: 200 })
    expect(await ask("/org", { org: "acme", level: 3 })).toMatchObject({ status: 200 })
  })

  it("refuses what is absent or another, and says nothing of it", async () => {
    for (const claims of [{}, { roles: "administrator" }, { roles: [["admin"]] }, { roles: { admin: true } }])
      expect(await ask("/admin", claims)).toEqual({
        status: 403,
        challenge:
          'Bearer realm="orders", error="insufficient_scope", error_description="The access token does not allow this."',
      })
    expect(await ask("/org", { org: "acme", level: 2 })).toMatchObject({ status: 403 })
  })

  it("takes nothing but true for a yes, least of all a promise", async () => {
    for (const answer of [Promise.resolve(true), Promise.resolve(false), 1, "yes", {}, undefined]) {
      const predicate = (() => answer) as unknown as (value: unknown) => boolean
      const door = new Hono().use(auth).get("/", requireClaim("org", predicate), (c) => c.text("in"))
      expect((await door.request("/", bearer(mint(signer, { claims: { org: "acme" } })))).status).toBe(403)
    }
  })
})

it("what a route demands is asked of the claims as they came, whatever a schema makes of them", async () => {
  const nothing: ClaimsSchema<null> = { "~standard": { version: 1, vendor: "test", validate: () => ({ value: null }) } }
  const strict = new Hono()
    .use(bearerAuth({ issuer, audience, keys: signer.keys, claims: nothing }))
    .get("/", requireClaim("org", "acme"), requireFreshLogin({ maxAge: "1 minute" }), (c) => c.json(c.var.auth.claims))
  const response = await strict.request("/", bearer(mint(signer, { claims: { org: "acme", auth_time: nowSeconds() } })))
  expect(await response.json()).toBe(null)
})

describe("requireFreshLogin", () => {
  it("lets on who signed in just now, as strongly as it takes", async () => {
    expect(await ask("/pay", { acr: "mfa", auth_time: nowSeconds() - 200 })).toMatchObject({ status: 200 })
    expect(await ask("/recent", { auth_time: nowSeconds() })).toMatchObject({ status: 200 })
  })

  it("asks the others to sign in again, and says how (RFC 9470 §3)", async () => {
    const old = nowSeconds() - 400
    const now = nowSeconds()
    for (const claims of [
      {},
      { acr: "mfa" },
      { auth_time: now },
      { acr: "mfa", auth_time: old },
      { acr: "pwd", auth_time: now },
      { acr: ["mfa"], auth_time: now },
    ])
      expect(await ask("/pay", claims)).toEqual({
        status: 401,
        challenge:
          'Bearer realm="orders", error="insufficient_user_authentication", error_description="This needs a more recent or a stronger login.", acr_values="mfa hwk", max_age="300"',
      })
    expect((await ask("/recent")).challenge).not.toContain("acr_values")
  })

  it("takes no login for fresh that is still to come, unless the issuer's clock is ahead", async () => {
    const now = nowSeconds()
    for (const ahead of [30, 3600, 10 ** 9]) expect((await ask("/recent", { auth_time: now + ahead })).status).toBe(401)
    const tolerant = new Hono().get(
      "/",
      bearerAuth({ issuer, audience, keys: signer.keys, clockTolerance: "10 minutes" }),
      requireFreshLogin({ maxAge: "5 minutes" }),
      (c) => c.text("recent"),
    )
    const statusOf = async (auth_time: number) =>
      (await tolerant.request("/", bearer(mint(signer, { claims: { iat: now + 300, auth_time } })))).status
    expect([await statusOf(now + 300), await statusOf(now + 301)]).toEqual([200, 401])
  })

  it("is wrong without anything that it asks", () => {
    for (const wrong of [{}, { acrValues: [] }, { acrValues: ["a b"] }, { maxAge: "soon" as "1 second" }])
      expect(() => requireFreshLogin(wrong)).toThrow(BearerError)
  })

  it("demands whole seconds (RFC 9470 §3), and never none, which a number that means seconds would be", async () => {
    const app = new Hono().get("/", auth, requireFreshLogin({ maxAge: 90_500 }), (c) => c.text("recent"))
    const { headers } = await app.request("/", bearer(mint(signer, { claims: { auth_time: 1 } })))
    expect(headers.get("www-authenticate")).toContain('max_age="90"')
    for (const maxAge of [300, 0, Number.POSITIVE_INFINITY])
      expect(() => requireFreshLogin({ maxAge })).toThrow(/maxAge must be a duration of a second/)
  })
})
