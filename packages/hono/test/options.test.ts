import { Hono, type MiddlewareHandler } from "hono"
import { afterAll, assert, beforeAll, describe, expect, it } from "vitest"
import {
  BearerError,
  bearerAuth,
  type BearerAuthOptions,
  freshLoginRequired,
  introspection,
  type IntrospectionOptions,
  jwks,
  secret,
  telemetryEvents,
  tokenCookie,
  trustedIssuers,
} from "../src/index.ts"
import { bearer } from "./door.ts"
import { audience, type Shop, startShop } from "./shop.ts"

let shop: Shop
let options: Shop["options"]
let token: string

beforeAll(async () => {
  shop = await startShop()
  ;({ options, token } = shop)
})
afterAll(() => shop.issuer.close())

describe("options", () => {
  const wrong: ReadonlyArray<readonly [string, Readonly<Record<string, unknown>>]> = [
    ["issuer", { issuer: "" }],
    ["audience", { audience: [] }],
    ["issuers", { issuer: undefined, issuers: trustedIssuers([]) }],
    ["algorithms", { algorithms: ["none"] }],
    ["algorithms", { algorithms: ["HS256"] }],
    ["clockTolerance", { clockTolerance: "1 hour" }],
    ["scopes", { scopes: ["two words"] }],
    ["scopes", { scopes: "read" }],
    ["realm", { realm: 'a "quoted" realm' }],
    ["resourceMetadata", { resourceMetadata: "/metadata" }],
    ["cookie.name", { cookie: tokenCookie({ name: "a b" }) }],
    ["cookie.origins", { cookie: tokenCookie({ name: "at", origins: ["https://app.example/"] }) }],
    ["maxAge", { freshLogin: freshLoginRequired({}) }],
    ["freshLogin must be what freshLoginRequired(…) gives", { freshLogin: { maxAge: "1 hour" } }],
    ["claims", { claims: {} }],
    ["isRevoked", { isRevoked: true }],
    [
      "introspection.audience",
      {
        introspection: introspection({
          issuer: "https://a.example",
          clientId: "x",
          clientAuth: () => {},
        } as unknown as IntrospectionOptions),
      },
    ],
    ["dpop must be what dpop(…) gives", { dpop: { publicUrl: "https://api.example" } }],
    ["cookie must be what tokenCookie(…) gives", { cookie: { name: "at" } }],
    [
      "issuers must be what trustedIssuers or tenants(…) gives",
      { issuer: undefined, issuers: [{ issuer: "https://a.example" }] },
    ],
    ["introspection must be what introspection(…) gives", { introspection: { issuer: "https://a.example" } }],
  ]
  it.each(wrong)("that are wrong are told at once, by name: %s %j", (field, more) => {
    const make = () => bearerAuth({ ...options, ...more } as BearerAuthOptions)
    const error = thrown(make)
    assert.instanceOf(error, BearerError)
    assert.strictEqual((error as BearerError).code, "invalid_options")
    assert.include((error as BearerError).message, `The option ${field}`)
  })

  it("may come with the bindings of a Worker, once for each", async () => {
    const seen: Array<unknown> = []
    const app = new Hono().get(
      "/",
      bearerAuth((env: { readonly ISSUER: string }) => {
        seen.push(env)
        return { issuer: env.ISSUER, audience }
      }),
      (c) => c.text(c.var.auth.subject),
    )
    const env = { ISSUER: shop.issuer.url }
    const before = shop.issuer.countRequests("/jwks")
    for (let index = 0; index < 3; index++) {
      assert.strictEqual(await (await app.request("/", bearer(token), env)).text(), "shop")
    }
    assert.strictEqual((await app.request("/", bearer(token), { ISSUER: "https://other.example" })).status, 401)
    assert.lengthOf(seen, 2)
    assert.strictEqual(shop.issuer.countRequests("/jwks") - before, 1)
  })
})

it("an issuer that may not be asked is told at once, unless nobody asks it", () => {
  const make = (other: object) => () => bearerAuth({ issuer: "http://issuer.example", audience, ...other })
  expect(make({})).toThrow(/option issuer must be an https URL: http:.*allowInsecureRequests/)
  expect(make({ issuer: "issuer.example" })).toThrow(/option issuer is not an absolute URL/)
  for (const other of [
    { allowInsecureRequests: true },
    { issuer: "http://127.0.0.1:1" },
    { keys: secret("x".repeat(32)) },
  ]) {
    expect(make(other)).not.toThrow()
  }
})

describe("options of an env that is new for each request", () => {
  const ask = async (auth: MiddlewareHandler, times: number) => {
    const app = new Hono().get("/", auth, (c) => c.text("in"))
    for (let n = 0; n < times; n++) {
      assert.strictEqual((await app.request("/", bearer(token), { incoming: {} })).status, 200)
    }
  }

  it("are the same where they are the same object: keys and used proofs are remembered", async () => {
    const own = { ...options }
    const before = shop.issuer.countRequests("/jwks")
    await ask(
      bearerAuth(() => own),
      5,
    )
    assert.strictEqual(shop.issuer.countRequests("/jwks") - before, 1)
  })

  it("are warned of where they are not, once", async () => {
    const warnings: Array<string> = []
    const telemetry = telemetryEvents((event) => void (event.type === "warning" && warnings.push(event.message)))
    const keys = jwks((await (await fetch(`${shop.issuer.url}/jwks`)).json()) as { keys: [] })
    const fresh = () => ({ ...options, keys, telemetry })
    await ask(bearerAuth(fresh), 20)
    assert.lengthOf(warnings, 1)
    assert.include(warnings[0], "Return the same object")
  })
})

const thrown = (make: () => unknown): unknown => {
  try {
    return make()
  } catch (error) {
    return error
  }
}

it("types: the principal reaches the handler, and may be absent only where it is optional", () => {
  const app = new Hono()
  app.get("/", bearerAuth({ issuer: "https://issuer.example", audience }), (c) => c.text(c.var.auth.subject))
  app.get("/", bearerAuth({ issuer: "https://issuer.example", audience, optional: true }), (c) => {
    // @ts-expect-error it may be undefined
    void (() => c.var.auth.subject)
    return c.text(c.var.auth?.subject ?? "")
  })
  // @ts-expect-error one issuer or several
  expect(() => bearerAuth({ issuer: "https://issuer.example", audience, issuers: trustedIssuers([]) })).toThrow(
    BearerError,
  )
  const one = { issuer: "https://issuer.example", audience }
  // @ts-expect-error what not everybody needs is a value
  expect(() => bearerAuth({ ...one, dpop: { publicUrl: "https://api.example" } })).toThrow(BearerError)
  // @ts-expect-error the same
  expect(() => bearerAuth({ ...one, cookie: { name: "__Host-at" } })).toThrow(BearerError)
  // @ts-expect-error the same
  expect(() => bearerAuth({ issuers: [one] })).toThrow(BearerError)
})
