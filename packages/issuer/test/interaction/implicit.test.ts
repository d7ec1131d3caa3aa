import { createHash } from "node:crypto"

import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { Browser, formOf } from "../support/browser.ts"
import { config, key, read, REPORTS, SECRET, start } from "../support/issuer.ts"
import { authorize, authorizeAlice, CALLBACK, codeRequest, responseOf } from "../support/login.ts"

let issuer: Issuer
beforeAll(async () => {
  const grants = ["implicit"]
  const redirectUris = [CALLBACK]
  issuer = await start({
    config: {
      ...config,
      clients: [
        { id: "page", grants, redirectUris },
        { id: "old-page", grants, redirectUris, secret: SECRET, legacy: {} },
        { id: "spa", grants: ["authorization_code"], redirectUris },
      ],
    },
  })
})
afterAll(() => issuer.close())

const request = {
  client_id: "page",
  response_type: "id_token",
  redirect_uri: CALLBACK,
  scope: "openid profile",
  state: "state-1",
  nonce: "nonce-1",
}

test("id_token: signed with the issuer's key, in the fragment, with iss (RFC 9207)", async () => {
  const page = await authorizeAlice(issuer, request)
  expect(page.url.search).toBe("")
  const { id_token: idToken = "", ...rest } = responseOf(page)
  expect(rest).toEqual({ state: "state-1", iss: issuer.url })
  const { payload } = await jwtVerify(idToken, createRemoteJWKSet(new URL(`${issuer.url}/jwks`)), {
    issuer: issuer.url,
    audience: "page",
    algorithms: ["RS256"],
  })
  expect(payload).toMatchObject({ nonce: "nonce-1", name: "Alice Liddell", jti: expect.any(String) })
  expect(issuer.audit.at(-1)).toMatchObject({ client: "page", grant: "implicit", kind: "id_token" })
})

test("id_token token: both, bound to each other by at_hash", async () => {
  const form = { ...request, response_type: "id_token token", scope: "openid read", audience: REPORTS }
  const response = responseOf(await authorizeAlice(issuer, form))
  expect(response).toMatchObject({ token_type: "Bearer", expires_in: "60", iss: issuer.url, scope: "read" })
  expect(decodeJwt(response["access_token"]!)).toMatchObject({ aud: REPORTS, scope: "read" })
  const hash = createHash("sha256").update(response["access_token"]!).digest().subarray(0, 16).toString("base64url")
  expect(decodeJwt(response["id_token"]!)["at_hash"]).toBe(hash)
})

test("id_token token without a target: an access token for userinfo", async () => {
  const response = responseOf(await authorizeAlice(issuer, { ...request, response_type: "id_token token" }))
  const headers = { authorization: `Bearer ${response["access_token"]}` }
  const { body } = await read(await fetch(`${issuer.url}/userinfo`, { headers }))
  expect(body).toMatchObject({ sub: decodeJwt(response["id_token"]!).sub, name: "Alice Liddell" })
})

test("a client of the old kind gets HS256 with its secret", async () => {
  const { id_token: idToken = "" } = responseOf(await authorizeAlice(issuer, { ...request, client_id: "old-page" }))
  const { payload } = await jwtVerify(idToken, key(SECRET), { audience: "old-page", algorithms: ["HS256"] })
  expect(payload.exp! - payload.iat!).toBe(36_000)
})

test("who agreed is not asked again, not even in silence", async () => {
  const browser = new Browser()
  await authorizeAlice(issuer, request, browser)
  expect(responseOf(await authorize(issuer, browser, { ...request, prompt: "none" }))).toHaveProperty("id_token")
})

describe("response modes", () => {
  test("form_post: a page that posts to the application", async () => {
    const page = await authorizeAlice(issuer, { ...request, response_mode: "form_post" })
    const { action, hidden } = formOf(page)
    expect(action.href).toBe(CALLBACK)
    expect(hidden).toMatchObject({ id_token: expect.any(String), state: "state-1", iss: issuer.url })
  })

  test("query is refused, a token must not be in an address", async () => {
    const page = await authorize(issuer, new Browser(), { ...request, response_mode: "query" })
    expect(page.url.href + page.text).toContain("invalid_request")
  })

  test.each([["query"], ["fragment"]])("%s for a code", async (mode) => {
    const page = await authorizeAlice(issuer, { ...codeRequest, response_mode: mode })
    expect(page.url.hash !== "").toBe(mode === "fragment")
    expect(responseOf(page)).toMatchObject({ code: expect.any(String), iss: issuer.url, state: "state-1" })
  })
})

describe("is refused", () => {
  test.each([
    ["without nonce", { nonce: "" }, "invalid_request"],
    ["without openid", { scope: "profile" }, "invalid_request"],
    ["for a client without it", { client_id: "spa" }, "invalid_request"],
    ["a token alone", { response_type: "token" }, "unsupported_response_type"],
    ["a code", { response_type: "code" }, "invalid_request"],
  ])("%s", async (_case, form, error) => {
    const page = await authorize(issuer, new Browser(), { ...request, ...form })
    expect(responseOf(page)).toMatchObject({ error, iss: issuer.url, state: "state-1" })
  })
})
