import type { ClaimsSchema } from "@bearerkit/core"
import { Hono } from "hono"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { bearerAuth, type Claims, type Refusal } from "../src/index.ts"
import { bearer, doorFor, explained, url } from "./door.ts"
import { audience, type Shop, startShop } from "./shop.ts"

let shop: Shop
let options: Shop["options"]
let token: string

beforeAll(async () => {
  shop = await startShop()
  ;({ options, token } = shop)
})
afterAll(() => shop.issuer.close())

/** What a refusal looks like from outside. */
const seen = async (response: Response) => ({
  status: response.status,
  challenge: response.headers.get("www-authenticate"),
  cache: response.headers.get("cache-control"),
  type: response.headers.get("content-type"),
  body: (await response.json()) as unknown,
})

describe("a token that the issuer gave", () => {
  it("makes its principal c.var.auth", async () => {
    const response = await doorFor(options).app.request(url, bearer(token))
    assert.strictEqual(response.status, 200)
    assert.deepInclude(await response.json(), {
      issuer: shop.issuer.url,
      subject: "shop",
      clientId: "shop",
      scopes: ["read"],
      actors: [],
    })
  })

  it("is taken whatever the case of the scheme", async () => {
    const { app } = doorFor(options)
    for (const scheme of ["Bearer", "bearer", "BEARER", "bEaReR"]) {
      const response = await app.request(url, { headers: { authorization: `${scheme} ${token}` } })
      assert.strictEqual(response.status, 200, scheme)
    }
  })

  it("of another API is refused", async () => {
    const response = await doorFor(options).app.request(
      url,
      bearer(await shop.tokenFor({ audience: "https://reports.example" })),
    )
    assert.deepStrictEqual(await seen(response), {
      status: 401,
      challenge: 'Bearer error="invalid_token", error_description="The access token is not valid here."',
      cache: "no-store",
      type: "application/problem+json",
      body: {
        type: "about:blank",
        title: "Unauthorized",
        status: 401,
        detail: "The access token is not valid here.",
        error: "invalid_token",
      },
    })
  })

  it("that ended is told apart, by this machine's clock", async () => {
    const { app, refusals } = doorFor({ ...options, now: () => Date.now() + 86_400_000 })
    const { challenge } = await seen(await app.request(url, bearer(token)))
    assert.strictEqual(challenge, 'Bearer error="invalid_token", error_description="The access token expired."')
    assert.strictEqual(explained(refusals)?.code, "token_expired")
  })
})

describe("a request without a token", () => {
  it("is told the way in and no error (RFC 6750 §3.1)", async () => {
    const { app } = doorFor({
      ...options,
      realm: "orders",
      scopes: ["read"],
      resourceMetadata: "https://api.example/.well-known/oauth-protected-resource",
    })
    for (const headers of [{}, { authorization: "" }, { authorization: "Basic c3ZjOng=" }]) {
      const { status, challenge, body } = await seen(await app.request(url, { headers }))
      assert.strictEqual(status, 401)
      assert.strictEqual(
        challenge,
        'Bearer realm="orders", scope="read", resource_metadata="https://api.example/.well-known/oauth-protected-resource"',
      )
      assert.notProperty(body, "error")
    }
  })

  it("is not one whose token came with DPoP: that is refused, and the log says which option takes it", async () => {
    for (const optional of [false, true]) {
      const { app, refusals } = doorFor({ ...options, optional } as typeof options)
      const { status, challenge } = await seen(
        await app.request(url, { headers: { authorization: `DPoP ${token}`, dpop: "a.b.c" } }),
      )
      assert.strictEqual(status, 401)
      assert.match(challenge ?? "", /^Bearer error="invalid_token"/)
      assert.strictEqual(refusals[0]?.reason._tag, "SenderMismatch")
      assert.include(explained(refusals)?.what, "the option dpop: dpop({ publicUrl })")
    }
  })

  it("is let in where a caller is optional, a bad token is not", async () => {
    const app = new Hono().get("/", bearerAuth({ ...options, optional: true }), (c) =>
      c.json({ who: c.var.auth?.subject ?? "nobody" }),
    )
    assert.deepStrictEqual(await (await app.request("/")).json(), { who: "nobody" })
    assert.deepStrictEqual(await (await app.request("/", bearer(token))).json(), { who: "shop" })
    assert.strictEqual((await app.request("/", bearer(`${token}x`))).status, 401)
    assert.strictEqual((await app.request("/", { headers: { authorization: "Bearer" } })).status, 400)
  })
})

describe("an Authorization header that is malformed or repeated", () => {
  const headers: ReadonlyArray<string> = [
    "Bearer",
    "bearer ",
    "Bearer two words",
    "Bearer\u00a0x",
    "Bearer\tx",
    'Bearer token="x"',
    "Bearer x==y",
    "Bearer é",
    "Bearer a, Bearer b",
    "Bearer a,Bearer b",
    "Basic c3ZjOng=, Bearer a",
    "Bearer a, Basic c3ZjOng=",
    "Bearer, Bearer a",
    "DPoP a, Bearer b",
    ",Bearer a",
  ]
  it.each(headers)("is a bad request: %j", async (authorization) => {
    const { app, refusals } = doorFor(options)
    const { status, challenge } = await seen(await app.request(url, { headers: { authorization } }))
    assert.strictEqual(status, 400)
    assert.match(challenge ?? "", /^Bearer error="invalid_request"/)
    assert.strictEqual(explained(refusals)?.code, "malformed_credentials")
  })

  it("is one that is sent twice with the same token", async () => {
    const headers = new Headers(bearer(token).headers)
    headers.append("authorization", `Bearer ${token}`)
    assert.strictEqual((await doorFor(options).app.request(url, { headers })).status, 400)
  })
})

describe("what is in the answer", () => {
  it("is text for those who prefer it", async () => {
    const { app } = doorFor(options)
    for (const accept of ["text/plain", "text/html,application/xhtml+xml,*/*;q=0.8", "application/json;q=0.1,text/*"]) {
      const response = await app.request(url, { headers: { accept } })
      assert.strictEqual(response.headers.get("content-type"), "text/plain; charset=utf-8")
      assert.strictEqual(await response.text(), "Unauthorized: An access token is needed.\n")
    }
    for (const accept of ["*/*", "application/json", "text/plain;q=0.5,application/json", ",,;q=;", "text/plain;q=0"]) {
      const response = await app.request(url, { headers: { accept } })
      assert.strictEqual(response.headers.get("content-type"), "application/problem+json")
    }
  })

  it("is nothing of the token; the hook has the exact reason, and nothing of the token either", async () => {
    const { app, refusals } = doorFor({ ...options, audience: "https://another.example" })
    const response = await app.request(url, bearer(token))
    const answer = `${await response.text()} ${[...response.headers].join(" ")}`
    const told = JSON.stringify(refusals)
    for (const part of [...token.split("."), audience, "shop"]) assert.notInclude(answer, part)
    for (const part of token.split(".")) assert.notInclude(told, part)
    assert.deepInclude(refusals[0]?.reason, { _tag: "ClaimMismatch", claim: "aud", actual: audience })
  })
})

/** A schema as any library would make it. */
const shopSchema: ClaimsSchema<{ readonly client: "shop" }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: (claims) => {
      const { client_id: client } = claims as Claims
      return client === "shop" ? { value: { client } } : { issues: [{ message: "another", path: ["client_id"] }] }
    },
  },
}

describe("what an API asks besides", () => {
  it("claims of a type of its own", async () => {
    const app = new Hono().get("/", bearerAuth({ ...options, claims: shopSchema }), (c) => {
      const client: "shop" = c.var.auth.claims.client
      return c.json({ client })
    })
    assert.deepStrictEqual(await (await app.request("/", bearer(token))).json(), { client: "shop" })
  })

  it("claims that do not fit are told by their place alone", async () => {
    const claims: ClaimsSchema<object> = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: async () => ({ issues: [{ message: "the value is SECRET", path: [{ key: "org" }, 0, "id"] }] }),
      },
    }
    const refusals: Array<Refusal> = []
    const app = new Hono().get(
      "/",
      bearerAuth({ ...options, claims, onRefused: (refusal) => void refusals.push(refusal) }),
      (c) => c.text(""),
    )
    assert.strictEqual((await app.request("/", bearer(token))).status, 401)
    assert.deepInclude(refusals[0]?.reason, { _tag: "ClaimMismatch", claim: "org.0.id" })
    assert.notInclude(JSON.stringify(refusals), "SECRET")
  })

  it("a schema that throws has not accepted the claims", async () => {
    const validate = (): never => {
      throw new TypeError("roles is not a list")
    }
    const claims: ClaimsSchema<object> = { "~standard": { version: 1, vendor: "test", validate } }
    const app = new Hono().get("/", bearerAuth({ ...options, claims }), (c) => c.text(""))
    assert.strictEqual((await app.request("/", bearer(token))).status, 401)
  })

  it("scopes: 403 that names them", async () => {
    const { app } = doorFor({ ...options, scopes: ["read", "write"] })
    const { status, challenge } = await seen(await app.request(url, bearer(token)))
    assert.strictEqual(status, 403)
    assert.strictEqual(
      challenge,
      'Bearer error="insufficient_scope", error_description="The access token does not have the scope that this needs.", scope="read write"',
    )
    assert.strictEqual((await app.request(url, bearer(await shop.tokenFor({ scope: "read write" })))).status, 200)
  })

  it("that it is not revoked, for each request anew", async () => {
    let asked = 0
    let answer: () => boolean | Promise<boolean> = () => false
    const isRevoked = () => {
      asked++
      return answer()
    }
    const { knock } = doorFor({ ...options, isRevoked })
    assert.strictEqual(await knock(token), "200")
    answer = async () => true
    assert.strictEqual(await knock(token), "401 token_inactive")
    answer = () => {
      throw new Error("database gone")
    }
    assert.strictEqual(await knock(token), "503 check_unavailable")
    answer = () => Promise.reject(new Error("database gone"))
    assert.strictEqual(await knock(token), "503 check_unavailable")
    answer = () => undefined as unknown as boolean
    assert.strictEqual(await knock(token), "401 token_inactive")
    answer = async () => false
    assert.strictEqual(await knock(token), "200")
    assert.strictEqual(asked, 6)
  })
})
