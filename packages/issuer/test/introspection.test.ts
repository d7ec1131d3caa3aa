import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../src/index.ts"
import { makeProver } from "./support/dpop.ts"
import { aliceToken, as, exchange, exchangeConfig, startExchange } from "./support/exchange.ts"
import { API_SECRET, type Answer, key, ORDERS, post, SECRET } from "./support/issuer.ts"
import { now, sign } from "./support/keys.ts"

const lines: Array<string> = []
let issuer: Issuer
beforeAll(async () => {
  const pub = { id: "public", grants: ["password"], api: ORDERS }
  const config = { ...exchangeConfig, clients: [...exchangeConfig.clients, pub] }
  issuer = await startExchange({ config, log: (line) => void lines.push(line) })
})
afterAll(() => issuer.close())

const introspect = (client: string, token: string): Promise<Answer> =>
  post(issuer, "/introspect", { client_id: client, client_secret: SECRET, token })

describe("a JWT access token (RFC 7662)", () => {
  test("is active for the API that it is for, and for the client that got it", async () => {
    const token = await aliceToken(issuer)
    const { exp, iat, sub, jti } = decodeJwt(token)
    for (const client of ["orders-api", "web"]) {
      expect(await introspect(client, token)).toMatchObject({
        status: 200,
        body: {
          active: true,
          exp,
          iat,
          sub,
          jti,
          iss: issuer.url,
          aud: ORDERS,
          client_id: "web",
          scope: "read",
          token_type: "Bearer",
        },
      })
    }
    expect(lines.join("\n")).not.toContain("unsupported_token_type")
  })

  test("is not active for anybody else (RFC 7662 §4)", async () => {
    const { status, body } = await introspect("reports-api", await aliceToken(issuer))
    expect({ status, body }).toEqual({ status: 200, body: { active: false } })
    const form = { client_id: "public", token: await aliceToken(issuer) }
    expect((await post(issuer, "/introspect", form)).body).toEqual({ active: false })
  })

  test("shows the actors (RFC 8693 §4.1)", async () => {
    const { body } = await exchange(issuer, "orders-api", { subject_token: await aliceToken(issuer) })
    const answer = await introspect("reports-api", String(body["access_token"]))
    expect(answer.body).toMatchObject({ active: true, act: { sub: "orders-api" } })
  })

  test("shows the key that it is bound to", async () => {
    const prover = await makeProver()
    const form = { grant_type: "client_credentials", audience: ORDERS }
    const { body } = await as(issuer, "web", form, { dpop: await prover.prove(`${issuer.url}/token`) })
    expect((await introspect("web", String(body["access_token"]))).body).toMatchObject({
      token_type: "DPoP",
      cnf: { jkt: prover.thumbprint },
    })
  })

  const claims = () => ({ iss: issuer.url, sub: "carol", aud: ORDERS, client_id: "web" })
  test.each<[string, () => Promise<string>]>([
    ["expired", () => sign(key(API_SECRET), { ...claims(), exp: now() }, "HS256", { typ: "at+jwt" })],
    ["an ID token", () => sign(key(API_SECRET), claims(), "HS256")],
    ["forged", () => sign(key(SECRET), claims(), "HS256", { typ: "at+jwt" })],
    ["cut", async () => (await aliceToken(issuer)).slice(0, -3)],
  ])("that is %s is not active, and nothing more is said", async (_case, make) => {
    const { status, body } = await introspect("orders-api", await make())
    expect({ status, body }).toEqual({ status: 200, body: { active: false } })
  })

  test("needs a client that proves who it is", async () => {
    const form = { client_id: "web", client_secret: "wrong", token: await aliceToken(issuer) }
    expect(await post(issuer, "/introspect", form)).toMatchObject({ status: 401, body: { error: "invalid_client" } })
  })
})

test("an opaque token is answered as before", async () => {
  const { body } = await as(issuer, "web", { grant_type: "client_credentials" })
  expect((await introspect("web", String(body["access_token"]))).body).toMatchObject({ active: true, client_id: "web" })
})

test("a JWT cannot be revoked, and that is said", async () => {
  const form = { client_id: "web", client_secret: SECRET, token: await aliceToken(issuer) }
  expect(await post(issuer, "/revoke", form)).toMatchObject({ status: 400, body: { error: "unsupported_token_type" } })
})
