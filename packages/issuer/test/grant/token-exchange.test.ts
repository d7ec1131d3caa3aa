import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import {
  aliceToken,
  as,
  BILLING,
  BILLING_SECRET,
  exchange,
  exchangeConfig,
  MIRROR,
  startExchange,
  TOKEN_EXCHANGE,
  TYPE,
} from "../support/exchange.ts"
import { API_SECRET, key, ORDERS, PASSWORD, REPORTS } from "../support/issuer.ts"
import { now, sign } from "../support/keys.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await startExchange()
})
afterAll(() => issuer.close())

const claimsOf = (token: unknown) => decodeJwt(String(token))

describe("an access token", () => {
  test("of the caller becomes one for another API, with the caller as actor", async () => {
    const subject_token = await aliceToken(issuer)
    const { status, body, headers } = await exchange(issuer, "web", { subject_token, scope: "read" })
    expect(status).toBe(200)
    expect(body).toEqual({
      access_token: expect.any(String),
      issued_token_type: `${TYPE}access_token`,
      token_type: "Bearer",
      expires_in: 600,
      scope: "read",
    })
    expect(headers.get("cache-control")).toBe("no-store")
    const keys = createRemoteJWKSet(new URL(`${issuer.url}/jwks`))
    const { payload } = await jwtVerify(String(body["access_token"]), keys, {
      algorithms: ["RS256"],
      typ: "at+jwt",
      issuer: issuer.url,
      audience: REPORTS,
    })
    expect(payload).toMatchObject({ sub: claimsOf(subject_token).sub, client_id: "web", act: { sub: "web" } })
    expect(issuer.audit.at(-1)).toMatchObject({
      jti: payload.jti,
      client: "web",
      subject: payload.sub,
      audience: REPORTS,
      grant: TOKEN_EXCHANGE,
      actors: ["web"],
    })
  })

  test("for an API with its own secret is HS256", async () => {
    const { body } = await exchange(issuer, "web", { subject_token: await aliceToken(issuer), audience: BILLING })
    const { payload } = await jwtVerify(String(body["access_token"]), key(BILLING_SECRET), { algorithms: ["HS256"] })
    expect(payload.aud).toBe(BILLING)
  })

  test("that an API received is exchanged by that API, and by nobody else", async () => {
    const subject_token = await aliceToken(issuer)
    expect((await exchange(issuer, "orders-api", { subject_token })).status).toBe(200)
    const stranger = await exchange(issuer, "stranger", { subject_token })
    expect(stranger).toMatchObject({ status: 400, body: { error: "invalid_request" } })
    expect(stranger.body["error_description"]).toMatch(/neither to this client nor for its API/)
  })

  test("without a target, opaque, is a subject too", async () => {
    const subject_token = await aliceToken(issuer, { audience: "", scope: "openid" })
    expect(subject_token).not.toContain(".")
    const { status, body } = await exchange(issuer, "web", { subject_token, scope: "list" })
    expect({ status, scope: body["scope"] }).toEqual({ status: 200, scope: "list" })
    expect((await exchange(issuer, "stranger", { subject_token })).body["error"]).toBe("invalid_request")
  })

  test("for a scope of which nothing may be granted is none", async () => {
    const subject_token = await aliceToken(issuer)
    expect(await exchange(issuer, "web", { subject_token, scope: "nothing-known" })).toMatchObject({
      status: 400,
      body: { error: "invalid_scope", error_description: "nothing of the scope may be granted" },
    })
  })

  test("never outlives the subject token", async () => {
    const { sub } = claimsOf(await aliceToken(issuer))
    const claims = { iss: issuer.url, sub: String(sub), aud: ORDERS, client_id: "web", exp: now() + 42 }
    const subject_token = await sign(key(API_SECRET), claims, "HS256", { typ: "at+jwt" })
    const { body } = await exchange(issuer, "web", { subject_token })
    expect(claimsOf(body["access_token"]).exp).toBeLessThanOrEqual(claims.exp)
    expect(body["expires_in"]).toBeLessThanOrEqual(42)
  })

  test("may be asked for as jwt", async () => {
    const form = { subject_token: await aliceToken(issuer), requested_token_type: `${TYPE}jwt` }
    const { body } = await exchange(issuer, "web", form)
    expect(body).toMatchObject({ issued_token_type: `${TYPE}jwt`, token_type: "Bearer" })
  })
})

describe("an ID token", () => {
  const idToken = async (client: string): Promise<string> => {
    const login = { grant_type: "password", username: "alice", password: PASSWORD, scope: "openid" }
    return String((await as(issuer, client, login)).body["id_token"])
  }

  test("of the caller is a subject", async () => {
    const form = { subject_token: await idToken("web"), subject_token_type: `${TYPE}id_token`, scope: "list" }
    const { status, body } = await exchange(issuer, "web", form)
    expect({ status, scope: body["scope"] }).toEqual({ status: 200, scope: "list" })
  })

  test("of another client is none", async () => {
    const form = { subject_token: await idToken("narrow"), subject_token_type: `${TYPE}id_token` }
    const { status, body } = await exchange(issuer, "web", form)
    expect({ status, error: body["error"] }).toEqual({ status: 400, error: "invalid_request" })
    expect(body["error_description"]).toMatch(/ID token for another client/)
  })

  test("is no access token, and the other way round; jwt is either", async () => {
    const id = await idToken("web")
    const access = await aliceToken(issuer)
    const ask = async (subject_token: string, type: string) =>
      (await exchange(issuer, "web", { subject_token, subject_token_type: TYPE + type })).status
    expect(await ask(id, "access_token")).toBe(400)
    expect(await ask(access, "id_token")).toBe(400)
    expect(await ask(id, "jwt")).toBe(200)
    expect(await ask(access, "jwt")).toBe(200)
  })
})

describe("the chain of actors", () => {
  const chain = async (): Promise<string> => {
    const first = await exchange(issuer, "web", { subject_token: await aliceToken(issuer), audience: ORDERS })
    const second = await exchange(issuer, "orders-api", { subject_token: String(first.body["access_token"]) })
    return String(second.body["access_token"])
  }

  test("is readable after two exchanges, the current actor outermost", async () => {
    const token = await chain()
    expect(claimsOf(token)).toMatchObject({ act: { sub: "orders-api", act: { sub: "web" } }, client_id: "orders-api" })
    expect(issuer.audit.at(-1)).toMatchObject({ actors: ["orders-api", "web"] })
  })

  test("names the actor of an actor token, and keeps only identities of the actors before", async () => {
    const actor = await as(issuer, "orders-api", { grant_type: "client_credentials" })
    const act = { sub: "web", iss: issuer.url, exp: 1, aud: "x" }
    const claims = { iss: issuer.url, sub: "carol", aud: ORDERS, act }
    const { body } = await exchange(issuer, "orders-api", {
      subject_token: await sign(key(API_SECRET), claims, "HS256", { typ: "at+jwt" }),
      actor_token: String(actor.body["access_token"]),
      actor_token_type: `${TYPE}access_token`,
    })
    expect(claimsOf(body["access_token"])["act"]).toEqual({ sub: "orders-api", act: { sub: "web", iss: issuer.url } })
  })

  test("may name a person who acts for another", async () => {
    const claims = { iss: issuer.url, sub: "carol", aud: ORDERS, client_id: "web" }
    const { body } = await exchange(issuer, "web", {
      subject_token: await sign(key(API_SECRET), claims, "HS256", { typ: "at+jwt" }),
      actor_token: await aliceToken(issuer),
      actor_token_type: `${TYPE}access_token`,
    })
    expect(claimsOf(body["access_token"])).toMatchObject({
      sub: "carol",
      act: { sub: expect.stringMatching(/^database\|/) },
    })
  })

  test("is bounded: four exchanges by default, fewer where configured", async () => {
    let token = await aliceToken(issuer)
    for (let depth = 1; depth <= 4; depth++) {
      const { status, body } = await exchange(issuer, "orders-api", { subject_token: token, audience: ORDERS })
      expect({ depth, status }).toEqual({ depth, status: 200 })
      token = String(body["access_token"])
    }
    const fifth = await exchange(issuer, "orders-api", { subject_token: token })
    expect(fifth).toMatchObject({ status: 400, body: { error: "invalid_request" } })
    expect(fifth.body["error_description"]).toMatch(/too deep; maxDelegationDepth is 4/)
    expect(issuer.refusals.at(-1)).toMatchObject({ client: "orders-api", target: REPORTS, reason: "too_deep" })

    await using flat = await startExchange({ config: { ...exchangeConfig, maxDelegationDepth: 1 } })
    const first = await exchange(flat, "orders-api", { subject_token: await aliceToken(flat), audience: ORDERS })
    expect(first.status).toBe(200)
    const second = await exchange(flat, "orders-api", { subject_token: String(first.body["access_token"]) })
    expect(second.body["error_description"]).toMatch(/maxDelegationDepth is 1/)
  })

  test("impersonation does not make room", async () => {
    let token = await aliceToken(issuer, { client: "twin" })
    for (let depth = 1; depth <= 4; depth++) {
      const { body } = await exchange(issuer, "twin", { subject_token: token })
      token = String(body["access_token"])
    }
    expect((await exchange(issuer, "twin", { subject_token: token })).body["error_description"]).toMatch(/too deep/)
  })

  test.each([["x"], [7], [[]], [{}], [{ sub: "" }], [{ sub: "a", act: { iss: "b" } }], [null]])(
    "a subject token with the act %j is refused",
    async (act) => {
      const claims = { iss: issuer.url, sub: "carol", aud: ORDERS, act }
      const subject_token = await sign(key(API_SECRET), claims, "HS256", { typ: "at+jwt" })
      expect(await exchange(issuer, "orders-api", { subject_token })).toMatchObject({
        status: 400,
        body: { error: "invalid_request" },
      })
    },
  )

  test("of thousands is refused, not followed", async () => {
    let act: object = { sub: "a" }
    for (let depth = 0; depth < 1000; depth++) act = { sub: "a", act }
    const claims = { iss: issuer.url, sub: "carol", aud: ORDERS, act }
    const subject_token = await sign(key(API_SECRET), claims, "HS256", { typ: "at+jwt" })
    expect((await exchange(issuer, "orders-api", { subject_token })).body["error"]).toBe("invalid_request")
  })
})

describe("impersonation", () => {
  test("only where the API or the client says so; the audit still knows", async () => {
    const toMirror = await exchange(issuer, "web", { subject_token: await aliceToken(issuer), audience: MIRROR })
    expect(claimsOf(toMirror.body["access_token"])).not.toHaveProperty("act")
    expect(issuer.audit.at(-1)).toMatchObject({ client: "web", actors: ["web"], impersonation: true })
    const byTwin = await exchange(issuer, "twin", { subject_token: await aliceToken(issuer, { client: "twin" }) })
    expect(claimsOf(byTwin.body["access_token"])).not.toHaveProperty("act")
    const usual = await exchange(issuer, "web", { subject_token: await aliceToken(issuer) })
    expect(claimsOf(usual.body["access_token"])).toHaveProperty("act")
    expect(issuer.audit.at(-1)).not.toHaveProperty("impersonation")
  })

  test("an actor token is named all the same", async () => {
    const actor = await as(issuer, "web", { grant_type: "client_credentials" })
    const { body } = await exchange(issuer, "web", {
      subject_token: await aliceToken(issuer),
      actor_token: String(actor.body["access_token"]),
      actor_token_type: `${TYPE}access_token`,
      audience: MIRROR,
    })
    expect(claimsOf(body["access_token"])["act"]).toEqual({ sub: "web" })
  })
})

describe("may_act", () => {
  const ask = async (mayAct: unknown) => {
    const claims = { iss: issuer.url, sub: "carol", aud: ORDERS, may_act: mayAct }
    const subject_token = await sign(key(API_SECRET), claims, "HS256", { typ: "at+jwt" })
    return exchange(issuer, "orders-api", { subject_token })
  }

  test("lets the named actor act", async () => {
    expect((await ask({ sub: "orders-api" })).status).toBe(200)
    expect((await ask({ sub: "orders-api", iss: issuer.url })).status).toBe(200)
  })

  test.each([[{ sub: "web" }], [{ sub: "orders-api", iss: "https://x.example" }], ["orders-api"], [{}], [null]])(
    "%j keeps everybody else out",
    async (mayAct) => {
      const { status, body } = await ask(mayAct)
      expect({ status, error: body["error"] }).toEqual({ status: 400, error: "invalid_request" })
      expect(issuer.refusals.at(-1)).toMatchObject({ reason: "actor_not_allowed", subject: "carol" })
    },
  )

  test("is in the tokens of a client that is configured with it", async () => {
    const subject_token = await aliceToken(issuer, { client: "bound" })
    expect(claimsOf(subject_token)["may_act"]).toEqual({ sub: "web" })
    expect((await exchange(issuer, "orders-api", { subject_token })).body["error_description"]).toMatch(/may_act/)
    const opaque = await aliceToken(issuer, { client: "bound", audience: "", scope: "openid" })
    const refused = await exchange(issuer, "bound", { subject_token: opaque })
    expect(refused.body["error_description"]).toMatch(/may_act/)
  })

  test.each(["id_token", "jwt"])("holds for the ID token of such a client, presented as %s", async (type) => {
    const login = { grant_type: "password", username: "alice", password: PASSWORD, scope: "openid" }
    const { body } = await as(issuer, "bound", login)
    const presented = { subject_token: String(body["id_token"]), subject_token_type: TYPE + type }
    expect((await exchange(issuer, "bound", presented)).body["error_description"]).toMatch(/may_act/)
    expect(issuer.refusals.at(-1)).toMatchObject({ client: "bound", reason: "actor_not_allowed" })
  })
})
