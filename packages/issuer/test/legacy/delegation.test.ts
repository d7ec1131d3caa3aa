import { Buffer } from "node:buffer"

import { decodeJwt, jwtVerify, UnsecuredJWT } from "jose"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { type Issuer, type IssuerConfig } from "../../src/index.ts"
import {
  type Answer,
  API_SECRET,
  config,
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

const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
const PORTAL_SECRET = "portal-secret-0123456789-0123456789-012"
const DECODED = Buffer.from("archive-secret-0123456789-0123456789").toString("base64url")

const world: IssuerConfig = {
  ...config,
  clients: [
    { id: "app", secret: SECRET, grants: ["oauth-ro", "delegation"] },
    { id: "portal", secret: PORTAL_SECRET, grants: ["oauth-ro"], legacy: { idTokenLifetime: 600 } },
    { id: "archive", secret: DECODED, grants: ["oauth-ro"], legacy: { secretEncoding: "base64url" } },
    { id: "listed", secret: PORTAL_SECRET, grants: ["oauth-ro"], allowedCallers: ["app"] },
    { id: "others", secret: PORTAL_SECRET, grants: ["oauth-ro"], allowedCallers: ["portal"] },
    { id: "nobody", secret: PORTAL_SECRET, grants: ["oauth-ro", "delegation"], allowedCallers: [] },
    { id: "modern", secret: SECRET, grants: ["client_credentials"] },
  ],
}

const lines: Array<string> = []
let time = Date.UTC(2026, 0, 1)
let issuer: Issuer

beforeAll(async () => {
  issuer = await start({ config: world, now: () => time, log: (line) => void lines.push(line) })
})
afterAll(() => issuer.close())
beforeEach(() => {
  time += 60_000
})

const idToken = async (form: Readonly<Record<string, string>> = {}): Promise<string> => {
  const { body } = await post(issuer, "/oauth/ro", { ...login, client_id: "app", scope: "openid", ...form })
  return String(body["id_token"])
}

const refreshToken = async (form: Readonly<Record<string, string>> = {}): Promise<string> => {
  const scope = "openid email offline_access"
  const { body } = await post(issuer, "/oauth/ro", { ...login, client_id: "app", scope, device: "phone", ...form })
  return String(body["refresh_token"])
}

const form = { client_id: "app", grant_type: JWT_BEARER, api_type: "app" }

const delegate = (asked: Readonly<Record<string, string>>): Promise<Answer> =>
  post(issuer, "/delegation", { ...form, ...asked })

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

describe("policy", () => {
  const to = async (target: string) => {
    const { status, body } = await delegate({ id_token: await idToken(), target })
    return { status, error: body["error"] }
  }

  test("no list: every client may; the issuer says so once at start", async () => {
    expect(await to("portal")).toEqual({ status: 200, error: undefined })
    const notes = lines.filter((line) => line.startsWith("note: every client with the grant may delegate to"))
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain(`${ORDERS}, app, portal, archive;`)
  })

  test("a list restricts to those on it", async () => {
    expect(await to("listed")).toEqual({ status: 200, error: undefined })
    expect(await to("others")).toEqual({ status: 403, error: "unauthorized_client" })
  })

  test("an empty list means nobody, and the refusal says who, for whom, to what", async () => {
    expect(await to("nobody")).toEqual({ status: 403, error: "unauthorized_client" })
    const subject = expect.stringMatching(/^database\|/)
    expect(issuer.refusals.at(-1)).toEqual({
      at: expect.stringMatching(/Z$/),
      client: "app",
      subject,
      target: "nobody",
      reason: "caller_not_allowed",
      grant: "delegation",
    })
    expect(lines).toContainEqual(
      expect.stringMatching(/^delegation refused: app for database\|\w+ to nobody: caller_not_allowed \(delegation\)$/),
    )
  })

  test("renewing its own token is no delegation", async () => {
    const source = await idToken({ client_id: "nobody" })
    expect((await delegate({ client_id: "nobody", id_token: source })).status).toBe(200)
  })

  test("a token where a name belongs is not in the record", async () => {
    const token = await idToken()
    await delegate({ id_token: token, target: token })
    await delegate({ client_id: token, id_token: token })
    await delegate({ id_token: token, target: `line\nbreak ${token}` })
    expect(JSON.stringify([issuer.refusals, lines])).not.toContain(token.slice(0, 20))
    expect(issuer.refusals.slice(-3).map(({ target, client }) => [client, target])).toEqual([
      ["app", "[hidden]"],
      ["[hidden]", "[hidden]"],
      ["app", "line?break [hidden]"],
    ])
  })
})

describe("a chain", () => {
  const chained: IssuerConfig = {
    ...world,
    clients: [
      { id: "app", secret: SECRET, grants: ["oauth-ro", "delegation"] },
      { id: "portal", secret: PORTAL_SECRET, grants: ["oauth-ro", "delegation"] },
      { id: "orders-api", secret: SECRET, grants: ["token-exchange"], api: ORDERS },
    ],
    maxDelegationDepth: 2,
  }
  let other: Issuer
  let first = ""
  beforeAll(async () => {
    other = await start({ config: chained, now: () => (time += 60_000) })
    const { body } = await post(other, "/oauth/ro", { ...login, client_id: "app", scope: "openid" })
    first = await to("app", String(body["id_token"]), "portal")
  })
  afterAll(() => other.close())

  const ask = (client_id: string, id_token: string, target: string): Promise<Answer> =>
    post(other, "/delegation", { ...form, client_id, id_token, target })
  const to = async (client: string, source: string, target: string): Promise<string> =>
    String((await ask(client, source, target)).body["id_token"])

  test("is known to the audit, the latest caller first", async () => {
    await to("portal", first, ORDERS)
    expect(other.audit.at(-1)).toMatchObject({ audience: ORDERS, actors: ["portal", "app"] })
  })

  test("is bounded, and renewing does not shorten it", async () => {
    const renewed = await to("portal", first, "portal")
    const second = await to("portal", renewed, "app")
    expect(await ask("app", second, "app")).toMatchObject({ status: 200 })
    const third = await ask("app", second, "portal")
    expect(third).toMatchObject({ status: 400, body: { error: "invalid_request" } })
    expect(other.refusals.at(-1)).toMatchObject({ client: "app", target: "portal", reason: "too_deep" })
  })

  test("goes on in a token exchange", async () => {
    const source = String(
      (await post(other, "/oauth/ro", { ...login, client_id: "app", scope: "openid" })).body["id_token"],
    )
    const { body } = await post(other, "/token", {
      client_id: "orders-api",
      client_secret: SECRET,
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: await to("app", source, ORDERS),
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      audience: REPORTS,
    })
    expect(decodeJwt(String(body["access_token"]))["act"]).toEqual({ sub: "orders-api", act: { sub: "app" } })
  })

  test("is no login: /oauth/ro refuses a delegated ID token", async () => {
    const asked = { client_id: "portal", grant_type: JWT_BEARER, connection: "users", device: "phone" }
    for (const id_token of [first, await to("portal", first, "portal")]) {
      const answer = await post(other, "/oauth/ro", { ...asked, id_token })
      expect(answer).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
      expect(answer.body["error_description"]).toMatch(/was delegated/)
    }
  })
})

describe("rate", () => {
  afterEach(() => {
    time += 60_000
  })

  test("ten a minute for one person from one address, whoever asks", async () => {
    const source = await idToken()
    const statuses: Array<number> = []
    for (let index = 0; index < 10; index++) {
      const { status, headers } = await delegate({ id_token: source, target: index % 2 === 0 ? "portal" : "archive" })
      expect(headers.get("x-ratelimit-limit")).toBe("10")
      expect(headers.get("x-ratelimit-remaining")).toBe(String(9 - index))
      expect(headers.get("x-ratelimit-reset")).toBe(String(time / 1000 + 6))
      statuses.push(status)
    }
    expect(statuses).toEqual(Array(10).fill(200))
    const refused = await delegate({ id_token: source })
    expect(refused).toMatchObject({ status: 429, body: { error: "too_many_requests" } })
    expect(refused.body["message"]).toMatch(/^Too many requests\. Check the X-RateLimit-Limit/)
    expect(refused.headers.get("retry-after")).toBe("6")
    time += 6_000
    expect((await delegate({ id_token: source })).status).toBe(200)
    expect((await delegate({ id_token: source })).status).toBe(429)
  })
})
