import { Buffer } from "node:buffer"

import { decodeJwt, jwtVerify, UnsecuredJWT } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { config, key, login, PASSWORD, post, postJson, read, SECRET, start } from "../support/issuer.ts"
import { now, sign } from "../support/keys.ts"

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
const DECODED = Buffer.from(SECRET).toString("base64url")
let issuer: Issuer

beforeAll(async () => {
  const decoded = {
    id: "decoded",
    secret: DECODED,
    grants: ["oauth-ro"],
    legacy: { secretEncoding: "base64url", idTokenLifetime: 60 },
  } as const
  issuer = await start({ config: { ...config, clients: [...config.clients, decoded] } })
})
afterAll(() => issuer.close())

const ask = (form: Readonly<Record<string, string>> = {}) => post(issuer, "/oauth/ro", { ...login, ...form })

describe("scope", () => {
  test("none: an access token and nothing else", async () => {
    const { status, body, headers } = await ask()
    expect(status).toBe(200)
    expect(body).toEqual({ access_token: expect.stringMatching(/^[\w-]{43}$/), token_type: "bearer" })
    expect(headers.get("cache-control")).toBe("no-store")
  })

  test("openid: an HS256 ID token with the bare claims and a jti", async () => {
    const { body } = await ask({ scope: "openid" })
    const { payload, protectedHeader } = await jwtVerify(String(body["id_token"]), key(SECRET), { issuer: issuer.url })
    expect(protectedHeader.alg).toBe("HS256")
    expect(Object.keys(payload).sort()).toEqual(["aud", "exp", "iat", "iss", "jti", "sub"])
    expect(payload).toMatchObject({ aud: "service", sub: expect.stringMatching(/^database\|[0-9a-f]{24}$/) })
    expect(payload.exp! - payload.iat!).toBe(36_000)
  })

  test("openid profile: the whole profile; names: those attributes", async () => {
    const whole = decodeJwt(String((await ask({ scope: "openid profile" })).body["id_token"]))
    expect(whole).toMatchObject({
      name: "Alice Liddell",
      email: "alice@example.test",
      email_verified: true,
      username: "alice",
    })
    const some = decodeJwt(String((await ask({ scope: "openid email nickname" })).body["id_token"]))
    expect(some).toMatchObject({ email: "alice@example.test", nickname: "alice" })
    expect(some).not.toHaveProperty("name")
  })

  test("offline_access with a device: a refresh token", async () => {
    const { body } = await ask({ scope: "openid offline_access", device: "laptop" })
    expect(body["refresh_token"]).toEqual(expect.stringMatching(/^[\w-]{43}$/))
    const atToken = await post(issuer, "/token", {
      client_id: "service",
      client_secret: SECRET,
      grant_type: "refresh_token",
      refresh_token: String(body["refresh_token"]),
    })
    expect(atToken).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
  })

  test("the access token opens userinfo", async () => {
    const { body } = await ask({ scope: "openid email" })
    const headers = { authorization: `Bearer ${String(body["access_token"])}` }
    expect((await read(await fetch(`${issuer.url}/userinfo`, { headers }))).body).toMatchObject({
      email: "alice@example.test",
    })
  })
})

test("JSON is accepted as well as a form, and an e-mail address as user name, trimmed", async () => {
  const { status, body } = await postJson(issuer, "/oauth/ro", {
    ...login,
    username: " Alice@example.test ",
    scope: "openid",
  })
  expect(status).toBe(200)
  expect(body).not.toHaveProperty("expires_in")
})

test("a client of the older kind signs with its decoded secret, for its own lifetime", async () => {
  const { body } = await ask({ client_id: "decoded", scope: "openid" })
  const { payload } = await jwtVerify(String(body["id_token"]), Buffer.from(DECODED, "base64url"))
  expect(payload.exp! - payload.iat!).toBe(60)
})

describe("jwt-bearer: an ID token of this client instead of the password", () => {
  const byToken = (idToken: string, form: Readonly<Record<string, string>> = {}) =>
    post(issuer, "/oauth/ro", {
      client_id: "service",
      grant_type: JWT_BEARER,
      connection: "users",
      device: "phone",
      id_token: idToken,
      ...form,
    })
  const idToken = async (): Promise<string> => String((await ask({ scope: "openid" })).body["id_token"])

  test("gives what the scope asks for, for the same person", async () => {
    const first = await idToken()
    const { status, body } = await byToken(first, { scope: "openid name" })
    expect(status).toBe(200)
    expect(decodeJwt(String(body["id_token"]))).toMatchObject({ sub: decodeJwt(first).sub, name: "Alice Liddell" })
  })

  const claims = () => ({ iss: issuer.url, aud: "service", sub: "database|1" })
  test.each<[string, () => Promise<string> | string]>([
    ["expired", () => sign(key(SECRET), { ...claims(), exp: now() - 1 }, "HS256")],
    ["of another client", () => sign(key(SECRET), { ...claims(), aud: "narrow" }, "HS256")],
    ["of another issuer", () => sign(key(SECRET), { ...claims(), iss: "https://x.example" }, "HS256")],
    ["signed with another secret", () => sign(key(`${SECRET}x`), claims(), "HS256")],
    ["unsigned", () => new UnsecuredJWT(claims()).encode()],
    ["of somebody who is not there", () => sign(key(SECRET), claims(), "HS256")],
    ["of another strategy", () => sign(key(SECRET), { ...claims(), sub: "ldap|1" }, "HS256")],
    ["no JWT", () => "nonsense"],
  ])("an id_token that is %s is invalid_grant", async (_case, make) => {
    expect(await byToken(await make())).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
  })

  test.each(["device", "id_token", "connection"])("needs %s", async (name) => {
    expect(await byToken("x", { [name]: "" })).toMatchObject({
      status: 400,
      body: { error: "invalid_request", error_description: `missing ${name} parameter` },
    })
  })
})

describe("the error table", () => {
  test.each(["client_id", "grant_type", "connection", "username", "password"])("no %s", async (name) => {
    expect(await ask({ [name]: "" })).toMatchObject({
      status: 400,
      body: { error: "invalid_request", error_description: `missing ${name} parameter` },
    })
  })

  test.each<[string, Readonly<Record<string, string>>, number, string, string]>([
    ["a blank username", { username: " " }, 400, "invalid_request", "missing username parameter"],
    ["offline_access without device", { scope: "offline_access" }, 400, "invalid_request", "missing device parameter"],
    ["an unknown connection", { connection: "nowhere" }, 400, "invalid_request", "the connection was not found"],
    ["a disabled connection", { connection: "closed" }, 400, "invalid_request", "the connection was disabled"],
    ["an unknown client", { client_id: "nobody" }, 403, "unauthorized_client", "invalid client"],
    ["a wrong client secret", { client_secret: "wrong" }, 403, "unauthorized_client", "invalid client"],
    ["a wrong password", { password: "x" }, 401, "invalid_user_password", "Wrong email or password."],
    ["an unknown user", { username: "nobody" }, 401, "invalid_user_password", "Wrong email or password."],
    ["a blocked user", { username: "mallory" }, 401, "unauthorized", "user is blocked"],
    [
      "a blocked user with a wrong password",
      { username: "mallory", password: "x" },
      401,
      "invalid_user_password",
      "Wrong email or password.",
    ],
  ])("%s", async (_case, form, status, error, description) => {
    expect(await ask(form)).toMatchObject({ status, body: { error, error_description: description } })
  })

  test("an unknown grant_type", async () => {
    expect(await ask({ grant_type: "magic" })).toMatchObject({ status: 400, body: { error: "unsupported_grant_type" } })
  })

  test("a client without the grant", async () => {
    const { status, body } = await ask({ client_id: "narrow" })
    expect({ status, error: body["error"] }).toEqual({ status: 403, error: "unauthorized_client" })
    expect(body["error_description"]).toMatch(/oauth-ro/)
  })

  test.each([[["openid"]], [7], [null], [{ openid: true }]])("a scope that is no text: %j", async (scope) => {
    expect(await postJson(issuer, "/oauth/ro", { ...login, scope })).toMatchObject({
      status: 400,
      body: { error: "invalid_request", error_description: "scope parameter must be a string" },
    })
  })

  test("GET is refused: a password must not be in an address", async () => {
    const response = await fetch(`${issuer.url}/oauth/ro?${new URLSearchParams({ ...login, password: PASSWORD })}`)
    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("POST")
  })
})
