import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { tokenCookie } from "../src/index.ts"
import { doorFor, url } from "./door.ts"
import { type Shop, startShop } from "./shop.ts"

let shop: Shop
let options: Shop["options"]
let token: string

beforeAll(async () => {
  shop = await startShop()
  ;({ options, token } = shop)
})
afterAll(() => shop.issuer.close())

describe("a token in a cookie", () => {
  const cookieDoor = () =>
    doorFor({ ...options, cookie: tokenCookie({ name: "__Host-at", origins: ["https://app.example"] }) })
  const send = (init: RequestInit & { readonly headers?: Readonly<Record<string, string>> }) => ({
    ...init,
    headers: { cookie: `a=b; __Host-at=${token}; c=d`, ...init.headers },
  })

  it("counts only where the cookie is named", async () => {
    assert.strictEqual((await doorFor(options).app.request(url, send({}))).status, 401)
    assert.strictEqual((await cookieDoor().app.request(url, send({}))).status, 200)
    assert.strictEqual(
      (await cookieDoor().app.request(url, { headers: { cookie: `x__Host-at=${token}; __host-at=${token}` } })).status,
      401,
    )
  })

  const evidence: ReadonlyArray<readonly [string, Readonly<Record<string, string>>, number]> = [
    ["none", {}, 403],
    ["Sec-Fetch-Site: cross-site", { "sec-fetch-site": "cross-site" }, 403],
    ["Sec-Fetch-Site: same-site", { "sec-fetch-site": "same-site" }, 403],
    ["Sec-Fetch-Site: none", { "sec-fetch-site": "none" }, 403],
    ["Sec-Fetch-Site: same-origin", { "sec-fetch-site": "same-origin" }, 200],
    ["our Origin", { origin: "https://api.example" }, 200],
    ["a listed Origin", { origin: "https://app.example", "sec-fetch-site": "same-site" }, 200],
    ["another Origin", { origin: "https://evil.example" }, 403],
    ["Origin: null", { origin: "null" }, 403],
    ["our Origin as a prefix", { origin: "https://api.example.evil.example" }, 403],
    [
      "our Origin, but a browser that says cross-site",
      { origin: "https://api.example", "sec-fetch-site": "cross-site" },
      403,
    ],
  ]
  it.each(evidence)("changes something only from our pages: %s", async (_, headers, status) => {
    const { app, refusals } = cookieDoor()
    const response = await app.request(url, send({ method: "POST", headers }))
    assert.strictEqual(response.status, status)
    if (status === 403) assert.strictEqual(refusals[0]?.reason._tag, "CrossSiteRequest")
    if (status === 403) assert.isNull(response.headers.get("www-authenticate"))
  })

  it("does not open a WebSocket from another site", async () => {
    const headers = { upgrade: "websocket", origin: "https://evil.example" }
    assert.strictEqual((await cookieDoor().app.request(url, send({ headers }))).status, 403)
  })

  it("makes the answer private, unless the application says otherwise", async () => {
    const { app } = cookieDoor()
    app.get("/orders/public", (c) => c.text("all", 200, { "cache-control": "public, max-age=60" }))
    app.get("/orders/raw", () => new Response("one's own"))
    const control = async (path: string) =>
      (await app.request(new URL(path, url).href, send({}))).headers.get("cache-control")
    assert.deepStrictEqual(
      [await control("/orders/mine"), await control("/orders/raw"), await control("/orders/public")],
      ["private", "private", "public, max-age=60"],
    )
    const byHeader = { headers: { authorization: `Bearer ${token}` } }
    assert.isNull((await doorFor(options).app.request(url, byHeader)).headers.get("cache-control"))
  })

  it("gives way to the header, and must be there once", async () => {
    const { app } = cookieDoor()
    const both = send({ method: "POST", headers: { authorization: `Bearer ${token}` } })
    assert.strictEqual((await app.request(url, both)).status, 200)
    const twice = { headers: { cookie: `__Host-at=${token}; __Host-at=${token}` } }
    assert.strictEqual((await app.request(url, twice)).status, 400)
  })
})
