import { jwtVerify } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { API_SECRET, config, key, ORDERS, PASSWORD, read, SECRET, start, token } from "../support/issuer.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await start()
})
afterAll(() => issuer.close())

const alice = { username: "alice", password: PASSWORD }
const REALM = "http://auth0.com/oauth/grant-type/password-realm"

describe.each([
  ["password", { grant_type: "password" }],
  ["password-realm", { grant_type: REALM, realm: "users" }],
])("%s", (_name, grant) => {
  test("logs a person in for an API", async () => {
    const { status, body, headers } = await token(issuer, { ...grant, ...alice, audience: ORDERS, scope: "read" })
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 3600, scope: "read" })
    const { payload } = await jwtVerify(String(body["access_token"]), key(API_SECRET), {
      typ: "at+jwt",
      audience: ORDERS,
    })
    expect(payload).toMatchObject({ sub: expect.stringMatching(/^database\|/), client_id: "service", scope: "read" })
    expect(headers.get("x-ratelimit-limit")).toBe("20")
  })

  test("is refused a scope of which nothing may be granted, and not one of which something may", async () => {
    const asking = (scope: string) => token(issuer, { ...grant, ...alice, audience: ORDERS, scope })
    expect(await asking("delete")).toMatchObject({ status: 400, body: { error: "invalid_scope" } })
    expect(await asking("openid delete")).toMatchObject({ status: 200, body: { scope: "openid" } })
  })

  test("gives an ID token for openid, HS256 with the legacy client's secret", async () => {
    const { body } = await token(issuer, { ...grant, ...alice, scope: "openid profile" })
    const { payload } = await jwtVerify(String(body["id_token"]), key(SECRET), {
      issuer: issuer.url,
      audience: "service",
    })
    expect(payload).toMatchObject({ name: "Alice Liddell", preferred_username: "alice", jti: expect.any(String) })
    expect(payload).not.toHaveProperty("email")
    const bearer = { authorization: `Bearer ${String(body["access_token"])}` }
    expect((await read(await fetch(`${issuer.url}/userinfo`, { headers: bearer }))).body).toMatchObject({
      sub: payload.sub,
      name: "Alice Liddell",
    })
  })

  test("gives a rotating refresh token for offline_access", async () => {
    const first = await token(issuer, { ...grant, ...alice, audience: ORDERS, scope: "read offline_access" })
    const refresh = { grant_type: "refresh_token", refresh_token: String(first.body["refresh_token"]) }
    const second = await token(issuer, refresh)
    expect(second).toMatchObject({ status: 200, body: { scope: "read" } })
    expect(second.body["refresh_token"]).not.toBe(first.body["refresh_token"])
    expect(await token(issuer, refresh)).toMatchObject({
      status: 400,
      body: { error: "invalid_grant", error_description: "refresh token already used" },
    })
  })

  test("a wrong password and an unknown name have one answer", async () => {
    const wrong = { status: 400, body: { error: "invalid_grant", error_description: "Wrong email or password." } }
    expect(await token(issuer, { ...grant, username: "alice", password: "x" })).toMatchObject(wrong)
    expect(await token(issuer, { ...grant, username: "nobody", password: PASSWORD })).toMatchObject(wrong)
  })

  test("a blocked person is told so only with the right password", async () => {
    const mallory = { ...grant, username: "mallory" }
    expect((await token(issuer, { ...mallory, password: PASSWORD })).body["error_description"]).toBe("user is blocked")
    expect((await token(issuer, { ...mallory, password: "x" })).body["error_description"]).toBe(
      "Wrong email or password.",
    )
  })

  test.each(["username", "password"])("a missing %s is invalid_request", async (name) => {
    expect(await token(issuer, { ...grant, ...alice, [name]: "" })).toMatchObject({
      status: 400,
      body: { error: "invalid_request", error_description: `missing required parameter ${name}` },
    })
  })
})

test("an unknown and a disabled realm are named", async () => {
  const grant = { grant_type: REALM, ...alice }
  const unknown = await token(issuer, { ...grant, realm: "nowhere" })
  expect(unknown).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  expect(unknown.body["error_description"]).toMatch(/^unknown realm/)
  const disabled = await token(issuer, { ...grant, realm: "closed" })
  expect(disabled.body["error_description"]).toBe("the connection was disabled")
})

test("without a default connection the password grant says how to get one", async () => {
  const { defaultConnection: _, ...rest } = config
  await using other = await start({ config: rest })
  const { body } = await token(other, { grant_type: "password", ...alice })
  expect(body["error_description"]).toMatch(/set defaultConnection/)
})
