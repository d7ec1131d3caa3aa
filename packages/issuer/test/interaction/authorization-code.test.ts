import { createHash, randomBytes } from "node:crypto"

import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { Browser, type Page } from "../support/browser.ts"
import { config, PASSWORD, post, REPORTS, start } from "../support/issuer.ts"

const CALLBACK = "http://127.0.0.1:5555/callback"
let issuer: Issuer

beforeAll(async () => {
  const spa = {
    id: "spa",
    name: "Shop <b>",
    grants: ["authorization_code", "refresh_token"],
    redirectUris: [CALLBACK],
  }
  const app = { id: "app", grants: ["authorization_code"], redirectUris: ["http://127.0.0.1/callback"] }
  issuer = await start({ config: { ...config, clients: [...config.clients, spa, app] } })
})
afterAll(() => issuer.close())

const verifier = randomBytes(32).toString("base64url")
const request = {
  client_id: "spa",
  response_type: "code",
  redirect_uri: CALLBACK,
  scope: "openid profile read",
  audience: REPORTS,
  state: "state-1",
  nonce: "nonce-1",
  code_challenge_method: "S256",
  code_challenge: createHash("sha256").update(verifier).digest("base64url"),
}

const begin = (browser: Browser, form: Readonly<Record<string, string>> = {}): Promise<Page> =>
  browser.open(issuer.url, `/authorize?${new URLSearchParams({ ...request, ...form })}`)

const submit = (browser: Browser, page: Page, action: string, form: Readonly<Record<string, string>> = {}) =>
  browser.open(issuer.url, `${page.url.pathname}/${action}`, form)

const alice = { connection: "users", username: "alice", password: PASSWORD }

test("a person logs in, agrees, and the code becomes tokens for the audience", async () => {
  const browser = new Browser()
  const loginPage = await begin(browser)
  expect(loginPage.status).toBe(200)
  expect(loginPage.headers.get("content-security-policy")).toMatch(/default-src 'none'; style-src 'sha256-/)
  expect(loginPage.text).toContain("<option>users</option>")
  expect(loginPage.text).not.toContain("<option>closed</option>")

  const consentPage = await submit(browser, loginPage, "login", alice)
  expect(consentPage.text).toContain("Shop &lt;b&gt;")
  expect(consentPage.text).toContain("<li>read</li>")

  const { url } = await submit(browser, consentPage, "consent")
  expect(url.href.startsWith(CALLBACK)).toBe(true)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({ state: "state-1", iss: issuer.url })

  const code = { grant_type: "authorization_code", client_id: "spa", redirect_uri: CALLBACK, code_verifier: verifier }
  const { status, body } = await post(issuer, "/token", { ...code, code: String(url.searchParams.get("code")) })
  expect(status).toBe(200)
  expect(decodeJwt(String(body["access_token"]))).toMatchObject({ aud: REPORTS, scope: "read", client_id: "spa" })
  expect(decodeJwt(String(body["id_token"]))).toMatchObject({
    nonce: "nonce-1",
    name: "Alice Liddell",
    jti: expect.any(String),
  })

  const again = await begin(browser)
  expect(again.url.href.startsWith(CALLBACK)).toBe(true)
})

test("a native app may listen on any loopback port (RFC 8252)", async () => {
  expect((await begin(new Browser(), { client_id: "app" })).status).toBe(200)
  const elsewhere = { client_id: "spa", redirect_uri: CALLBACK.replace("5555", "6666") }
  expect((await begin(new Browser(), elsewhere)).status).toBe(400)
})

test("the style is the one that the policy allows", async () => {
  const { text, headers } = await begin(new Browser())
  const style = /<style>([\s\S]*)<\/style>/.exec(text)?.[1] ?? ""
  const hash = createHash("sha256").update(style).digest("base64")
  expect(headers.get("content-security-policy")).toContain(`'sha256-${hash}'`)
})

describe("on the login page", () => {
  test("a wrong password is said, and counted", async () => {
    const browser = new Browser()
    const page = await begin(browser)
    const wrong = await submit(browser, page, "login", { ...alice, username: "nobody", password: "x" })
    expect(wrong.status).toBe(401)
    expect(wrong.text).toMatch(/role="alert">\s*Wrong email or password\./)
    expect(wrong.headers.get("x-ratelimit-remaining")).toBe("19")
  })

  test.each([
    ["a disabled directory", { ...alice, connection: "closed" }],
    ["an unknown directory", { ...alice, connection: "nowhere" }],
    ["no password", { ...alice, password: "" }],
  ])("%s is refused", async (_case, form) => {
    const browser = new Browser()
    const page = await submit(browser, await begin(browser), "login", form)
    expect(page.status).toBe(400)
  })

  test("cancelling tells the application", async () => {
    const browser = new Browser()
    const { url } = await submit(browser, await begin(browser), "abort")
    expect(url.searchParams.get("error")).toBe("access_denied")
  })

  test("consent cannot come before the login, nor from another browser", async () => {
    const browser = new Browser()
    const page = await begin(browser)
    expect((await submit(browser, page, "consent")).status).toBe(404)
    expect((await submit(new Browser(), page, "login", alice)).status).toBe(400)
  })
})

test("PKCE is required", async () => {
  const { code_challenge: _, code_challenge_method: __, ...plain } = request
  const { url } = await new Browser().open(issuer.url, `/authorize?${new URLSearchParams(plain)}`)
  expect(url.searchParams.get("error")).toBe("invalid_request")
  expect(url.searchParams.get("error_description")).toMatch(/PKCE/)
})

test("an unknown audience and a foreign redirect are refused", async () => {
  expect((await begin(new Browser(), { audience: "nobody" })).url.searchParams.get("error")).toBe("invalid_target")
  const foreign = await begin(new Browser(), { redirect_uri: "https://evil.example/" })
  expect(foreign.status).toBe(400)
  expect(foreign.text).toContain("invalid_redirect_uri")
})
