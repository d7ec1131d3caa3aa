import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { makeProver, type Prover } from "../support/dpop.ts"
import { aliceToken, as, BILLING, exchange, exchangeConfig, startExchange } from "../support/exchange.ts"
import { type Answer, type Form, ORDERS, PASSWORD, post, read, REPORTS } from "../support/issuer.ts"
import { makeKey, sign } from "../support/keys.ts"
import { authorizeAlice, CALLBACK, codeRequest, responseOf, verifier } from "../support/login.ts"

const robot = makeKey()
const config = {
  ...exchangeConfig,
  clients: [
    ...exchangeConfig.clients,
    { id: "robot", auth: "none" as const, publicKey: robot.publicPem, grants: ["jwt-bearer"] },
    { id: "native", grants: ["password", "refresh_token"] },
    { id: "spa", grants: ["authorization_code", "refresh_token"], redirectUris: [CALLBACK] },
  ],
}

let issuer: Issuer
let prover: Prover
beforeAll(async () => {
  issuer = await startExchange({ config })
  prover = await makeProver()
})
afterAll(() => issuer.close())

const dpop = async (): Promise<Form> => ({ dpop: await prover.prove(`${issuer.url}/token`) })
const login = { grant_type: "password", username: "alice", password: PASSWORD, audience: ORDERS, scope: "read" }

const expectBound = ({ status, body }: Answer): void => {
  expect({ status, type: body["token_type"] }).toEqual({ status: 200, type: "DPoP" })
  expect(decodeJwt(String(body["access_token"]))["cnf"]).toEqual({ jkt: prover.thumbprint })
}

describe("every grant binds its token to the key of the proof", () => {
  test("client_credentials and password", async () => {
    expectBound(await as(issuer, "web", { grant_type: "client_credentials", audience: ORDERS }, await dpop()))
    expectBound(await as(issuer, "web", login, await dpop()))
    expect.hasAssertions()
  })

  test("jwt-bearer", async () => {
    const assertion = await sign(robot.privateKey, { iss: "robot", sub: "robot", aud: issuer.url })
    const grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    const form = { client_id: "robot", grant_type, assertion, audience: ORDERS }
    expectBound(await post(issuer, "/token", form, await dpop()))
    expect.hasAssertions()
  })

  test("authorization_code and refresh_token; the refresh token of a public client needs the key", async () => {
    const request = { ...codeRequest, audience: REPORTS, scope: "openid read offline_access", prompt: "consent" }
    const { code = "" } = responseOf(await authorizeAlice(issuer, request))
    const grant = {
      grant_type: "authorization_code",
      client_id: "spa",
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    }
    const first = await post(issuer, "/token", { ...grant, code }, await dpop())
    expectBound(first)
    const refresh = {
      client_id: "spa",
      grant_type: "refresh_token",
      refresh_token: String(first.body["refresh_token"]),
    }
    expect(await post(issuer, "/token", refresh)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
    expectBound(await post(issuer, "/token", refresh, await dpop()))
  })

  test("a refresh token from a password too", async () => {
    const form = { ...login, client_id: "native", scope: "read offline_access" }
    const { body } = await post(issuer, "/token", form, await dpop())
    const refresh = { client_id: "native", grant_type: "refresh_token", refresh_token: String(body["refresh_token"]) }
    expect((await post(issuer, "/token", refresh)).body["error"]).toBe("invalid_grant")
    expectBound(await post(issuer, "/token", refresh, await dpop()))
  })
})

describe("token exchange", () => {
  test("binds to the caller's key", async () => {
    expectBound(await exchange(issuer, "web", { subject_token: await aliceToken(issuer) }, await dpop()))
    expect.hasAssertions()
  })

  test("of a bound token needs a proof with its key, and the result is bound to it", async () => {
    const { body } = await as(issuer, "web", login, await dpop())
    const form = { subject_token: String(body["access_token"]), audience: BILLING }
    const without = await exchange(issuer, "web", form)
    expect(without).toMatchObject({ status: 400, body: { error: "invalid_request" } })
    expect(without.body["error_description"]).toMatch(/bound to a key; send a DPoP proof made with that key/)
    const other = await makeProver()
    const wrong = await exchange(issuer, "web", form, { dpop: await other.prove(`${issuer.url}/token`) })
    expect(wrong.body["error_description"]).toMatch(/bound to a key/)
    expect(issuer.refusals.at(-1)).toMatchObject({ reason: "key_not_proven", client: "web", target: BILLING })
    expectBound(await exchange(issuer, "web", form, await dpop()))
  })
})

test("token exchange with a bound actor token needs the actor's key", async () => {
  const actor = await as(issuer, "web", { grant_type: "client_credentials" }, await dpop())
  const form = {
    subject_token: await aliceToken(issuer),
    actor_token: String(actor.body["access_token"]),
    actor_token_type: "urn:ietf:params:oauth:token-type:access_token",
  }
  expect((await exchange(issuer, "web", form)).body["error_description"]).toMatch(/bound to a key/)
  expectBound(await exchange(issuer, "web", form, await dpop()))
})

describe("a proof that is not right", () => {
  test.each<[string, () => Promise<string>]>([
    ["for another address", () => prover.prove(`${issuer.url}/par`)],
    ["for another method", () => prover.prove(`${issuer.url}/token`, { method: "GET" })],
    ["that is none", async () => "x"],
    ["with a nonce nobody gave", () => prover.prove(`${issuer.url}/token`, { nonce: "x" })],
  ])("%s is invalid_dpop_proof", async (_case, make) => {
    const answer = await as(issuer, "web", { ...login }, { dpop: await make() })
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_dpop_proof" } })
  })

  test("used twice is refused", async () => {
    const proof = await dpop()
    expect((await as(issuer, "web", login, proof)).status).toBe(200)
    expect(await as(issuer, "web", login, proof)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
  })
})

test("userinfo asks for the key too", async () => {
  const { body } = await as(issuer, "web", { ...login, audience: "", scope: "openid" }, await dpop())
  const accessToken = String(body["access_token"])
  const proof = await prover.prove(`${issuer.url}/userinfo`, { method: "GET", accessToken })
  const ask = async (headers: Form) => (await fetch(`${issuer.url}/userinfo`, { headers })).status
  expect(await ask({ authorization: `Bearer ${accessToken}` })).toBe(401)
  expect(await ask({ authorization: `DPoP ${accessToken}`, dpop: proof })).toBe(200)
})

describe("with dpopNonces", () => {
  let strict: Issuer
  beforeAll(async () => {
    strict = await startExchange({ config: { ...config, dpopNonces: true } })
  })
  afterAll(() => strict.close())

  test.each<[string, () => Promise<Form> | Form]>([
    ["client_credentials", () => ({ grant_type: "client_credentials", audience: ORDERS })],
    ["password", () => login],
    [
      "token exchange",
      async () => ({
        grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
        subject_token: await aliceToken(strict),
        subject_token_type: "urn:ietf:params:oauth:token-type:access_token",
        audience: REPORTS,
      }),
    ],
  ])("%s demands a nonce, and takes the proof that has it", async (_grant, make) => {
    const form = await make()
    const address = `${strict.url}/token`
    const first = await as(strict, "web", form, { dpop: await prover.prove(address) })
    expect(first).toMatchObject({ status: 400, body: { error: "use_dpop_nonce" } })
    const nonce = String(first.headers.get("dpop-nonce"))
    expectBound(await as(strict, "web", form, { dpop: await prover.prove(address, { nonce }) }))
    const wrong = await as(strict, "web", form, { dpop: await prover.prove(address, { nonce: "x" }) })
    expect(wrong).toMatchObject({ status: 400, body: { error: "use_dpop_nonce" } })
  })

  test("the demand costs no login", async () => {
    const { headers } = await as(strict, "web", login, { dpop: await prover.prove(`${strict.url}/token`) })
    expect(headers.get("x-ratelimit-remaining")).toBeNull()
  })

  test("who sends no proof is asked for none", async () => {
    expect((await as(strict, "web", login)).body["token_type"]).toBe("Bearer")
  })
})

test("the algorithms are announced", async () => {
  const { body } = await read(await fetch(`${issuer.url}/.well-known/openid-configuration`))
  expect(body["dpop_signing_alg_values_supported"]).toContain("ES256")
})
