import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { Browser } from "../support/browser.ts"
import { type Answer, config, type Form, ORDERS, post, read, REPORTS, SECRET, start } from "../support/issuer.ts"
import { authorize, authorizeAlice, CALLBACK, codeRequest, passPages, responseOf, verifier } from "../support/login.ts"

let issuer: Issuer
beforeAll(async () => {
  const grants = ["authorization_code", "refresh_token"]
  const redirectUris = [CALLBACK]
  let time = Date.UTC(2026, 0, 1)
  issuer = await start({
    now: () => (time += 60_000),
    config: {
      ...config,
      acrValues: ["pwd", "mfa"],
      clients: [
        { id: "spa", grants, redirectUris },
        { id: "strict", grants, redirectUris, secret: SECRET, requirePushedAuthorizationRequests: true },
      ],
    },
  })
})
afterAll(() => issuer.close())

const redeem = ({ code }: Record<string, string>, form: Form = {}): Promise<Answer> => {
  const grant = { grant_type: "authorization_code", redirect_uri: CALLBACK, code_verifier: verifier }
  return post(issuer, "/token", { client_id: "spa", ...grant, code: String(code), ...form })
}

const idTokenOf = async (response: Record<string, string>) =>
  decodeJwt(String((await redeem(response)).body["id_token"]))

describe("a pushed request (RFC 9126)", () => {
  const push = (form: Form): Promise<Answer> => post(issuer, "/par", { ...codeRequest, ...form })
  const strict = { client_id: "strict", client_secret: SECRET }

  test("is announced, taken, and good for one authorization", async () => {
    const { body: metadata } = await read(await fetch(`${issuer.url}/.well-known/openid-configuration`))
    expect(metadata["pushed_authorization_request_endpoint"]).toBe(`${issuer.url}/par`)
    const { status, body } = await push({ ...strict, audience: REPORTS, scope: "openid read" })
    expect(status).toBe(201)
    expect(body).toEqual({ expires_in: 60, request_uri: expect.stringMatching(/^urn:ietf:params:oauth:request_uri:/) })
    const pushed = { client_id: "strict", request_uri: String(body["request_uri"]) }
    const response = responseOf(await authorizeAlice(issuer, pushed))
    expect(response).toMatchObject({ code: expect.any(String), state: "state-1", iss: issuer.url })
    const tokens = await redeem(response, strict)
    expect(decodeJwt(String(tokens.body["access_token"]))).toMatchObject({ aud: REPORTS, scope: "read" })
    const again = await authorize(issuer, new Browser(), pushed)
    expect(again.url.href + again.text).toContain("invalid_request_uri")
  })

  test("is demanded where the client is configured so, and only there", async () => {
    const direct = await authorize(issuer, new Browser(), { ...codeRequest, client_id: "strict" })
    expect(responseOf(direct)).toMatchObject({
      error: "invalid_request",
      error_description: "Pushed Authorization Request must be used",
    })
    expect((await push({})).status).toBe(201)
  })

  test.each<[string, Form, number, string]>([
    ["with a wrong secret", { ...strict, client_secret: "x" }, 401, "invalid_client"],
    [
      "inside another",
      { ...strict, request_uri: "urn:ietf:params:oauth:request_uri:x" },
      400,
      "request_uri_not_supported",
    ],
    ["without PKCE", { ...strict, code_challenge: "" }, 400, "invalid_request"],
    ["for an unknown audience", { ...strict, audience: "nobody" }, 400, "invalid_target"],
    ["for two targets", { ...strict, audience: REPORTS, resource: ORDERS }, 400, "invalid_target"],
    ["with a foreign redirect", { ...strict, redirect_uri: "https://evil.example" }, 400, "invalid_request"],
  ])("%s is refused", async (_case, form, status, error) => {
    expect(await push(form)).toMatchObject({ status, body: { error } })
  })
})

describe("prompt", () => {
  test("none: an error without a login, a code with one", async () => {
    const browser = new Browser()
    const silent = { ...codeRequest, prompt: "none" }
    expect(responseOf(await authorize(issuer, browser, silent))).toMatchObject({
      error: "login_required",
      state: "state-1",
      iss: issuer.url,
    })
    await authorizeAlice(issuer, codeRequest, browser)
    expect(responseOf(await authorize(issuer, browser, silent))).toHaveProperty("code")
  })

  test("login and consent: asked again", async () => {
    const browser = new Browser()
    await authorizeAlice(issuer, codeRequest, browser)
    expect((await authorize(issuer, browser, { ...codeRequest, prompt: "login" })).text).toContain('type="password"')
    expect((await authorize(issuer, browser, { ...codeRequest, prompt: "consent" })).text).toContain("Allow access")
  })

  test("login_hint fills in the name", async () => {
    const { text } = await authorize(issuer, new Browser(), { ...codeRequest, login_hint: 'a"b@example.test' })
    expect(text).toContain('value="a&quot;b@example.test"')
  })
})

describe("max_age", () => {
  test("0 asks for a login, and auth_time says when it was", async () => {
    const browser = new Browser()
    await authorizeAlice(issuer, codeRequest, browser)
    const page = await authorize(issuer, browser, { ...codeRequest, max_age: "0" })
    expect(page.text).toContain('type="password"')
    const { auth_time: authTime } = await idTokenOf(responseOf(await passPages(browser, page)))
    expect(Math.abs(Number(authTime) - Date.now() / 1000)).toBeLessThan(10)
  })

  test("a login that is young enough stays", async () => {
    const browser = new Browser()
    await authorizeAlice(issuer, codeRequest, browser)
    const page = await authorize(issuer, browser, { ...codeRequest, max_age: "3600" })
    expect(await idTokenOf(responseOf(page))).toHaveProperty("auth_time")
  })
})

describe("acr", () => {
  const essential = (values: ReadonlyArray<string>): string =>
    JSON.stringify({ id_token: { acr: { essential: true, values } } })

  test("the usual one without a request, only where it is asked for", async () => {
    expect(await idTokenOf(responseOf(await authorizeAlice(issuer, codeRequest)))).not.toHaveProperty("acr")
    const page = await authorizeAlice(issuer, { ...codeRequest, acr_values: "unknown pwd" })
    expect(await idTokenOf(responseOf(page))).toMatchObject({ acr: "pwd" })
  })

  test("another one asks for another login, and is in both tokens", async () => {
    const browser = new Browser()
    await authorizeAlice(issuer, codeRequest, browser)
    const step = { ...codeRequest, acr_values: "mfa", audience: REPORTS }
    const page = await authorize(issuer, browser, step)
    expect(page.text).toContain('type="password"')
    const { body } = await redeem(responseOf(await passPages(browser, page)))
    expect(decodeJwt(String(body["id_token"]))["acr"]).toBe("mfa")
    expect(decodeJwt(String(body["access_token"]))).toMatchObject({ acr: "mfa", auth_time: expect.any(Number) })
    expect(responseOf(await authorize(issuer, browser, step))).toHaveProperty("code")
  })

  test("an essential one is reached, or the request fails", async () => {
    const page = await authorizeAlice(issuer, { ...codeRequest, claims: essential(["unknown", "mfa"]) })
    expect(await idTokenOf(responseOf(page))).toMatchObject({ acr: "mfa" })
    const silent = { ...codeRequest, claims: essential(["unknown"]), prompt: "none" }
    expect(responseOf(await authorize(issuer, new Browser(), silent))).toHaveProperty("error")
  })

  test("the values are announced", async () => {
    const { body } = await read(await fetch(`${issuer.url}/.well-known/openid-configuration`))
    expect(body).toMatchObject({
      acr_values_supported: ["pwd", "mfa"],
      authorization_response_iss_parameter_supported: true,
      response_modes_supported: expect.arrayContaining(["query", "fragment", "form_post"]),
    })
  })

  test("one that no login reaches does not ask for ever", async () => {
    const page = await authorizeAlice(issuer, { ...codeRequest, acr_values: "unknown" })
    expect(responseOf(page)).toHaveProperty("code")
  })
})
