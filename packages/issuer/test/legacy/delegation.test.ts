import { Buffer } from "node:buffer"

import { decodeJwt, jwtVerify, UnsecuredJWT } from "jose"
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { DECODED, delegateAt, form, idTokenOf, PORTAL_SECRET, world } from "../support/delegation.ts"
import {
  type Answer,
  API_SECRET,
  type Form,
  key,
  login,
  ORDERS,
  PASSWORD,
  post,
  postJson,
  REPORTS,
  SECRET,
  start,
} from "../support/issuer.ts"
import { makeKey, now, sign } from "../support/keys.ts"

let time = Date.UTC(2026, 0, 1)
let issuer: Issuer

beforeAll(async () => {
  issuer = await start({ config: world, now: () => time })
})
afterAll(() => issuer.close())
beforeEach(() => {
  time += 60_000
})

const idToken = (asked: Form = {}): Promise<string> => idTokenOf(issuer, asked)

const refreshToken = async (form: Readonly<Record<string, string>> = {}): Promise<string> => {
  const scope = "openid email offline_access"
  const { body } = await post(issuer, "/oauth/ro", { ...login, client_id: "app", scope, device: "phone", ...form })
  return String(body["refresh_token"])
}

const delegate = (asked: Form): Promise<Answer> => delegateAt(issuer, asked)

describe("an ID token of the caller", () => {
  test("becomes one for the target, signed with the target's secret, for the target's lifetime", async () => {
    const source = await idToken()
    const { status, body, headers } = await delegate({ id_token: source, target: "portal", scope: "openid email" })
    expect(status).toBe(200)
    expect(body).toEqual({ token_type: "Bearer", expires_in: 600, id_token: expect.any(String) })
    expect(headers.get("cache-control")).toBe("no-store")
    const { payload, protectedHeader } = await jwtVerify(String(body["id_token"]), key(PORTAL_SECRET), {
      algorithms: ["HS256"],
      issuer: issuer.url,
      audience: "portal",
      subject: String(decodeJwt(source).sub),
    })
    expect(protectedHeader).toEqual({ typ: "JWT", alg: "HS256" })
    expect(payload).toMatchObject({ azp: "app", email: "alice@example.test" })
    expect(payload.exp! - payload.iat!).toBe(600)
    expect(payload.jti).not.toBe(decodeJwt(source).jti)
    expect(issuer.audit.at(-1)).toMatchObject({
      jti: payload.jti,
      client: "app",
      subject: payload.sub,
      audience: "portal",
      grant: "delegation",
      kind: "id_token",
    })
  })

  test("is accepted as JSON, and api_type may be auth0 or missing", async () => {
    const source = await idToken()
    const { api_type: _, ...rest } = form
    for (const apiType of [{}, { api_type: "auth0" }]) {
      const answer = await postJson(issuer, "/delegation", { ...rest, ...apiType, id_token: source, target: "portal" })
      expect(answer.status).toBe(200)
    }
  })

  test("may be for an API that has its own secret", async () => {
    const { body } = await delegate({ id_token: await idToken(), target: ORDERS })
    await jwtVerify(String(body["id_token"]), key(API_SECRET), { audience: ORDERS })
    expect(body["expires_in"]).toBe(3600)
  })

  test("honours the target's decoded secret", async () => {
    const { body } = await delegate({ id_token: await idToken(), target: "archive" })
    await jwtVerify(String(body["id_token"]), Buffer.from(DECODED, "base64url"), { audience: "archive" })
    expect(body["expires_in"]).toBe(36_000)
  })

  test("without a target is renewed", async () => {
    const { body } = await delegate({ id_token: await idToken() })
    const { payload } = await jwtVerify(String(body["id_token"]), key(SECRET))
    expect(payload).toMatchObject({ aud: "app", azp: "app" })
  })

  test("scope openid gives the bare claims, passthrough those of the source, names those attributes", async () => {
    const source = await idToken({ scope: "openid name" })
    const claims = async (scope: string) =>
      decodeJwt(String((await delegate({ id_token: source, target: "portal", scope })).body["id_token"]))
    expect(Object.keys(await claims("openid")).sort()).toEqual(["aud", "azp", "exp", "iat", "iss", "jti", "sub"])
    const passed = await claims("passthrough")
    expect(passed).toMatchObject({ name: "Alice Liddell", aud: "portal" })
    expect(passed).not.toHaveProperty("email")
    expect(await claims("openid profile")).toMatchObject({ email_verified: true, user_id: decodeJwt(source).sub })
  })

  test("passthrough drops namespaced claims, and those about the token", async () => {
    const sub = String(decodeJwt(await idToken()).sub)
    const claims = { iss: issuer.url, sub, aud: "app", color: "blue", "https://x.example/role": "admin", nonce: "n" }
    const source = await sign(key(SECRET), claims, "HS256")
    const { body } = await delegate({ id_token: source, target: "portal", scope: "passthrough" })
    const passed = decodeJwt(String(body["id_token"]))
    expect(passed).toMatchObject({ color: "blue" })
    expect(passed).not.toHaveProperty("nonce")
    expect(passed).not.toHaveProperty(["https://x.example/role"])
  })
})

describe("a refresh token of /oauth/ro", () => {
  test("gives an ID token and no other refresh token, again and again", async () => {
    const token = await refreshToken()
    for (const target of ["app", "portal"]) {
      const { status, body } = await delegate({ refresh_token: token, target })
      expect(status).toBe(200)
      expect(Object.keys(body).sort()).toEqual(["expires_in", "id_token", "token_type"])
      expect(decodeJwt(String(body["id_token"]))).toMatchObject({ aud: target, email: "alice@example.test" })
    }
  })

  test("gives no attribute that the login did not ask for", async () => {
    const { body } = await delegate({ refresh_token: await refreshToken(), scope: "openid profile" })
    expect(decodeJwt(String(body["id_token"]))).not.toHaveProperty("name")
  })

  test("makes room when there are too many, the oldest first", async () => {
    await using small = await start({ config: world, capacity: 2 })
    const form = { ...login, client_id: "app", scope: "offline_access" }
    const tokens: Array<string> = []
    for (const device of ["phone", "tablet", "watch"]) {
      tokens.push(String((await post(small, "/oauth/ro", { ...form, device })).body["refresh_token"]))
    }
    const statuses = tokens.map((refresh_token) => delegateAt(small, { refresh_token }).then(({ status }) => status))
    expect(await Promise.all(statuses)).toEqual([401, 200, 200])
  })

  test("ends when it is revoked (RFC 7009), by its own client only", async () => {
    const token = await refreshToken()
    const revoke = (client_id: string, client_secret: string) =>
      fetch(`${issuer.url}/revoke`, {
        method: "POST",
        body: new URLSearchParams({ client_id, client_secret, token }),
      }).then(({ status }) => status)
    expect(await revoke("modern", SECRET)).toBe(200)
    expect((await delegate({ refresh_token: token })).status).toBe(200)
    expect(await revoke("app", "wrong")).toBe(401)
    expect((await delegate({ refresh_token: token })).status).toBe(200)
    expect(await revoke("app", SECRET)).toBe(200)
    expect(await delegate({ refresh_token: token })).toMatchObject({ status: 401, body: { error: "invalid_grant" } })
  })
})

describe("the error table", () => {
  test.each<[string, Readonly<Record<string, string>>, number, string, RegExp]>([
    ["no token", {}, 400, "invalid_request", /missing id_token or refresh_token/],
    ["both tokens", { id_token: "x", refresh_token: "y" }, 400, "invalid_request", /not both/],
    ["no client_id", { client_id: "", id_token: "x" }, 400, "invalid_request", /missing client_id/],
    ["another api_type", { id_token: "x", api_type: "aws" }, 400, "invalid_request", /unsupported api_type/],
    ["another grant", { id_token: "x", grant_type: "password" }, 400, "unsupported_grant_type", /grant_type/],
    ["an unknown caller", { client_id: "ghost", id_token: "x" }, 403, "unauthorized_client", /invalid client/],
    ["a wrong secret", { client_secret: "wrong", id_token: "x" }, 403, "unauthorized_client", /invalid client/],
    ["the grant off", { client_id: "portal", id_token: "x" }, 403, "unauthorized_client", /grants lack delegation/],
    ["no JWT", { id_token: "x" }, 401, "invalid_grant", /id_token is not a valid one/],
    ["an unknown refresh token", { refresh_token: "x" }, 401, "invalid_grant", /refresh_token is not a valid one/],
  ])("%s", async (_case, asked, status, error, description) => {
    const answer = await delegate(asked)
    expect({ status: answer.status, error: answer.body["error"] }).toEqual({ status, error })
    expect(answer.body["error_description"]).toMatch(description)
  })

  test.each([
    ["unknown", "ghost", /is unknown/],
    ["a modern client", "modern", /no secret of its own/],
    ["a modern API", REPORTS, /no secret of its own/],
  ])("a target that is %s", async (_case, target, description) => {
    const { status, body } = await delegate({ id_token: await idToken(), target })
    expect({ status, error: body["error"] }).toEqual({ status: 400, error: "invalid_request" })
    expect(body["error_description"]).toMatch(description)
  })

  const claims = async () => ({ iss: issuer.url, aud: "app", sub: String(decodeJwt(await idToken()).sub) })
  test.each<[string, () => Promise<string> | string]>([
    ["expired", async () => sign(key(SECRET), { ...(await claims()), exp: now() - 1 }, "HS256")],
    ["for another client", () => idToken({ client_id: "portal" })],
    ["for another client too", async () => sign(key(SECRET), { ...(await claims()), aud: ["app", "portal"] }, "HS256")],
    ["of another issuer", async () => sign(key(SECRET), { ...(await claims()), iss: `${issuer.url}/` }, "HS256")],
    ["signed with another secret", async () => sign(key(PORTAL_SECRET), await claims(), "HS256")],
    ["signed with a key", async () => sign(makeKey().privateKey, await claims())],
    ["signed with HS512", async () => sign(key(SECRET.repeat(2)), await claims(), "HS512")],
    ["unsigned", async () => new UnsecuredJWT(await claims()).encode()],
    ["cut", async () => (await idToken()).slice(0, -2)],
    ["with white space", async () => ` ${await idToken()}`],
    ["with a scheme", async () => `Bearer ${await idToken()}`],
    [
      "of somebody who is not there",
      async () => sign(key(SECRET), { ...(await claims()), sub: "database|x" }, "HS256"),
    ],
    ["of no person", async () => sign(key(SECRET), { ...(await claims()), sub: "modern" }, "HS256")],
    ["of nobody", async () => sign(key(SECRET), { ...(await claims()), sub: "" }, "HS256")],
  ])("an ID token %s is invalid_grant", async (_case, make) => {
    expect(await delegate({ id_token: await make() })).toMatchObject({ status: 401, body: { error: "invalid_grant" } })
  })

  test("a refresh token of another client is invalid_grant", async () => {
    const token = await refreshToken({ client_id: "nobody" })
    expect(await delegate({ refresh_token: token })).toMatchObject({ status: 401, body: { error: "invalid_grant" } })
  })

  test("a blocked person", async () => {
    const users = [{ id: "1", username: "carol", password: PASSWORD, blocked: true }]
    const connections = [{ name: "users", strategy: "database" as const, users }]
    await using other = await start({ config: { ...world, connections } })
    const claims = { iss: other.url, aud: "app", sub: "database|1" }
    const asked = { ...form, id_token: await sign(key(SECRET), claims, "HS256") }
    expect(await post(other, "/delegation", asked)).toMatchObject({
      status: 401,
      body: { error: "unauthorized", error_description: "user is blocked" },
    })
    expect(other.refusals).toMatchObject([{ client: "app", subject: "database|1", reason: "person_blocked" }])
  })

  test("GET is refused: a token must not be in an address", async () => {
    const response = await fetch(`${issuer.url}/delegation?${new URLSearchParams({ ...form, id_token: "x" })}`)
    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("POST")
  })

  test.each(["__proto__", "constructor", "toString"])("%s is no client and no target", async (name) => {
    expect((await delegate({ client_id: name, id_token: "x" })).status).toBe(403)
    expect((await delegate({ id_token: await idToken(), target: name })).status).toBe(400)
  })
})
