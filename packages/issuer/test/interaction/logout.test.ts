import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { Browser } from "../support/browser.ts"
import { config, post, read, start } from "../support/issuer.ts"
import { authorize, authorizeAlice, CALLBACK, codeRequest, responseOf, verifier } from "../support/login.ts"

const GOODBYE = "https://shop.example/goodbye"
let issuer: Issuer
beforeAll(async () => {
  const client = { grants: ["authorization_code"], redirectUris: [CALLBACK] }
  let time = Date.UTC(2026, 0, 1)
  issuer = await start({
    now: () => (time += 60_000),
    config: {
      ...config,
      clients: [
        { ...client, id: "spa", name: "Shop <b>", logoutUrls: [GOODBYE] },
        { ...client, id: "other", logoutUrls: ["https://other.example/"] },
      ],
    },
  })
})
afterAll(() => issuer.close())

const loggedIn = async (): Promise<Browser> => {
  const browser = new Browser()
  await authorizeAlice(issuer, codeRequest, browser)
  return browser
}

const isLoggedIn = async (browser: Browser): Promise<boolean> =>
  "code" in responseOf(await authorize(issuer, browser, { ...codeRequest, prompt: "none" }))

describe("RP-initiated logout", () => {
  const ask = (browser: Browser, query: Record<string, string>) =>
    browser.open(issuer.url, `/session/end?${new URLSearchParams(query)}`)

  test("asks, ends the session and returns to the application with its state", async () => {
    const browser = await loggedIn()
    const page = await ask(browser, { client_id: "spa", post_logout_redirect_uri: GOODBYE, state: "s" })
    expect(page.text).toContain("Shop &lt;b&gt;")
    expect(page.headers.get("content-security-policy")).toMatch(/default-src 'none'/)
    expect(await isLoggedIn(browser)).toBe(true)
    const again = await ask(browser, { client_id: "spa", post_logout_redirect_uri: GOODBYE, state: "s" })
    const { url } = await browser.submit(again, { logout: "yes" })
    expect(url.href).toBe(`${GOODBYE}?state=s`)
    expect(await isLoggedIn(browser)).toBe(false)
  })

  test("knows the application by its ID token", async () => {
    const browser = new Browser()
    const { code = "" } = responseOf(await authorizeAlice(issuer, codeRequest, browser))
    const grant = { grant_type: "authorization_code", redirect_uri: CALLBACK, code_verifier: verifier }
    const { body } = await post(issuer, "/token", { client_id: "spa", ...grant, code })
    const query = { id_token_hint: String(body["id_token"]), post_logout_redirect_uri: GOODBYE }
    const { url } = await browser.submit(await ask(browser, query), { logout: "yes" })
    expect(url.href).toBe(GOODBYE)
  })

  test("without an address there is a page", async () => {
    const browser = await loggedIn()
    const page = await browser.submit(await ask(browser, {}), { logout: "yes" })
    expect(page.text).toContain("You are logged out")
    expect(await isLoggedIn(browser)).toBe(false)
  })

  test("an address that is not listed is refused", async () => {
    const query = { client_id: "spa", post_logout_redirect_uri: "https://evil.example/" }
    expect(await ask(await loggedIn(), query)).toMatchObject({ status: 400 })
  })

  test("is announced", async () => {
    const { body } = await read(await fetch(`${issuer.url}/.well-known/openid-configuration`))
    expect(body["end_session_endpoint"]).toBe(`${issuer.url}/session/end`)
  })
})

describe.each(["/logout", "/v2/logout"])("GET %s", (path) => {
  test("ends the session at once and returns to a listed address", async () => {
    const browser = await loggedIn()
    const { url } = await browser.open(issuer.url, `${path}?${new URLSearchParams({ returnTo: GOODBYE })}`)
    expect(url.href).toBe(GOODBYE)
    expect(await isLoggedIn(browser)).toBe(false)
  })

  test("without returnTo there is a page", async () => {
    expect((await (await loggedIn()).open(issuer.url, path)).text).toContain("You are logged out")
  })

  test.each([["https://evil.example/"], [`${GOODBYE}/more`], ["//evil.example"], ["javascript:alert(1)"], [""]])(
    "returnTo=%s is refused, and nobody is logged out",
    async (returnTo) => {
      const browser = await loggedIn()
      const page = await browser.open(issuer.url, `${path}?${new URLSearchParams({ returnTo })}`)
      expect(page).toMatchObject({ status: 400, text: expect.stringContaining("not allowed") })
      expect(await isLoggedIn(browser)).toBe(true)
    },
  )

  test("the list of another client does not count for one that is named", async () => {
    const query = { returnTo: GOODBYE, client_id: "other" }
    const page = await new Browser().open(issuer.url, `${path}?${new URLSearchParams(query)}`)
    expect(page.status).toBe(400)
  })

  test("nobody there: nothing to end", async () => {
    const { url } = await new Browser().open(issuer.url, `${path}?${new URLSearchParams({ returnTo: GOODBYE })}`)
    expect(url.href).toBe(GOODBYE)
  })
})
