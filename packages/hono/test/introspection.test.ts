import { clientSecretBasic } from "@bearerkit/core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { introspection, type IntrospectionOptions } from "../src/index.ts"
import { bearer, doorFor, url } from "./door.ts"
import { audience, type Shop, startShop } from "./shop.ts"

let shop: Shop
let asShop: IntrospectionOptions

beforeAll(async () => {
  shop = await startShop()
  asShop = { ...shop.options, clientId: "shop", clientAuth: clientSecretBasic(shop.secret) }
})
afterAll(() => shop.issuer.close())

const asked = () => shop.issuer.countRequests("/introspect")

describe("with introspection alone", () => {
  it("each token is asked for once, however many bring it at the same time", async () => {
    const { app } = doorFor({ introspection: introspection(asShop) })
    const before = asked()
    const all = Array.from({ length: 50 }, () => app.request(url, bearer(shop.token)))
    assert.deepStrictEqual(new Set((await Promise.all(all)).map(({ status }) => status)), new Set([200]))
    assert.strictEqual(asked() - before, 1)
    assert.deepInclude(await (await app.request(url, bearer(shop.token))).json(), { subject: "shop", scopes: ["read"] })
    assert.strictEqual(asked() - before, 1)
  })

  it("what the issuer does not know is refused, and so is a token for another API", async () => {
    const { knock } = doorFor({ introspection: introspection(asShop) })
    assert.strictEqual(await knock("made-up"), "401 token_inactive")
    const foreign = await shop.tokenFor({ audience: "https://reports.example" })
    assert.strictEqual(await knock(foreign), "401 claim_mismatch")
  })

  it("an issuer that is gone, or does not know this API, is 503", async () => {
    const gone = doorFor({ introspection: introspection({ ...asShop, issuer: "http://127.0.0.1:9" }) })
    assert.strictEqual(await gone.knock("opaque"), "503 check_unavailable")
    const stranger = doorFor({ introspection: introspection({ ...asShop, clientAuth: clientSecretBasic("wrong") }) })
    assert.strictEqual(await stranger.knock("opaque"), "503 check_unavailable")
  })
})

describe("with keys and introspection", () => {
  it("JWTs are checked here and only others are asked for", async () => {
    const { knock } = doorFor({ issuer: shop.issuer.url, audience, introspection: introspection(asShop) })
    const before = asked()
    assert.strictEqual(await knock(shop.token), "200")
    assert.strictEqual(asked(), before)
    assert.strictEqual(await knock("opaque"), "401 token_inactive")
    assert.strictEqual(asked(), before + 1)
  })
})
