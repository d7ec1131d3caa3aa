import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { aliceToken, as, BILLING, CLOSED, exchangeConfig, LISTED, startExchange } from "../support/exchange.ts"
import { API_SECRET, key, ORDERS, type Form, REPORTS } from "../support/issuer.ts"
import { now, sign } from "../support/keys.ts"

let issuer: Issuer
beforeAll(async () => {
  const keyless = { id: "keyless", grants: ["jwt-bearer"], api: ORDERS }
  issuer = await startExchange({ config: { ...exchangeConfig, clients: [...exchangeConfig.clients, keyless] } })
})
afterAll(() => issuer.close())

const onBehalfOf = (client: string, form: Form) =>
  as(issuer, client, {
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    requested_token_use: "on_behalf_of",
    audience: REPORTS,
    ...form,
  })

const reportsToken = () => aliceToken(issuer, { audience: REPORTS })

const claimsOf = (token: unknown) => decodeJwt(String(token))

test("an API trades the token that it received, and is named as actor", async () => {
  const assertion = await aliceToken(issuer)
  const { status, body } = await onBehalfOf("orders-api", { assertion, scope: "read" })
  expect(status).toBe(200)
  expect(body).toMatchObject({ token_type: "Bearer", expires_in: 600, scope: "read" })
  expect(body).not.toHaveProperty("issued_token_type")
  expect(claimsOf(body["access_token"])).toMatchObject({
    aud: REPORTS,
    sub: claimsOf(assertion).sub,
    act: { sub: "orders-api" },
  })
  expect(issuer.audit.at(-1)).toMatchObject({ grant: "on_behalf_of", actors: ["orders-api"] })
})

test("twice: both actors are readable", async () => {
  const first = await onBehalfOf("orders-api", { assertion: await aliceToken(issuer) })
  const second = await onBehalfOf("reports-api", { assertion: String(first.body["access_token"]), audience: BILLING })
  expect(claimsOf(second.body["access_token"])["act"]).toEqual({ sub: "reports-api", act: { sub: "orders-api" } })
})

describe("a target by its scopes, as Entra ID has it", () => {
  test.each([
    [`${BILLING}/pay`, "pay"],
    [`${BILLING}/pay openid`, "pay"],
    [`${BILLING}/.default`, "pay refund"],
  ])("%s", async (scope, granted) => {
    const { body } = await onBehalfOf("orders-api", { assertion: await aliceToken(issuer), audience: "", scope })
    expect(claimsOf(body["access_token"])).toMatchObject({ aud: BILLING, scope: granted })
  })

  test.each([[""], ["read"], [`${BILLING}/pay ${LISTED}/read`], ["https://api.example/unknown/.default"]])(
    "%j names none",
    async (scope) => {
      const answer = await onBehalfOf("orders-api", { assertion: await aliceToken(issuer), audience: "", scope })
      expect(answer).toMatchObject({ status: 400, body: { error: "invalid_target" } })
    },
  )

  test("never gives more than the assertion has under the same name", async () => {
    const form = { assertion: await aliceToken(issuer, { scope: "" }), audience: "", scope: `${ORDERS}/.default` }
    const refused = { status: 400, body: { error: "invalid_scope" } }
    expect(await onBehalfOf("orders-api", form)).toMatchObject(refused)
    expect(issuer.refusals.at(-1)).toMatchObject({
      client: "orders-api",
      subject: expect.any(String),
      reason: "no_scope",
    })
  })
})

describe("is refused", () => {
  const usual = () => ({ iss: issuer.url, sub: "carol", aud: ORDERS })
  const at = { typ: "at+jwt" }
  test.each<[string, string, () => Promise<string>, Form, string, string]>([
    [
      "to an API not meant by the token",
      "reports-api",
      () => aliceToken(issuer),
      {},
      "invalid_grant",
      "bad_subject_token",
    ],
    ["to a client that is no API", "stranger", () => aliceToken(issuer), {}, "invalid_grant", "bad_subject_token"],
    ["without credentials", "keyless", () => aliceToken(issuer), {}, "unauthorized_client", "grant_off"],
    [
      "by the target's list",
      "reports-api",
      reportsToken,
      { audience: LISTED },
      "unauthorized_client",
      "caller_not_allowed",
    ],
    [
      "by an empty list",
      "orders-api",
      () => aliceToken(issuer),
      { audience: CLOSED },
      "unauthorized_client",
      "caller_not_allowed",
    ],
    [
      "for an unknown target",
      "orders-api",
      () => aliceToken(issuer),
      { audience: "x" },
      "invalid_target",
      "unknown_target",
    ],
    [
      "for an expired token",
      "orders-api",
      () => sign(key(API_SECRET), { ...usual(), exp: now() }, "HS256", at),
      {},
      "invalid_grant",
      "bad_subject_token",
    ],
    [
      "for an ID token",
      "orders-api",
      () => sign(key(API_SECRET), usual(), "HS256"),
      {},
      "invalid_grant",
      "bad_subject_token",
    ],
    [
      "with a scheme",
      "orders-api",
      async () => `Bearer ${await aliceToken(issuer)}`,
      {},
      "invalid_grant",
      "bad_subject_token",
    ],
  ])("%s", async (_case, client, make, form, error, reason) => {
    const credentials: Form = client === "keyless" ? { client_secret: "" } : {}
    const answer = await onBehalfOf(client, { assertion: await make(), ...form, ...credentials })
    expect(answer).toMatchObject({ status: 400, body: { error } })
    expect(issuer.refusals.at(-1)).toMatchObject({ client, reason, grant: "on_behalf_of" })
  })

  test("to a client without the grant, which is recorded", async () => {
    expect((await onBehalfOf("web", { assertion: "x" })).body["error"]).toBe("unauthorized_client")
    expect(issuer.refusals.at(-1)).toMatchObject({ client: "web", reason: "grant_off", grant: "on_behalf_of" })
  })

  test("with another use", async () => {
    const answer = await onBehalfOf("orders-api", { assertion: "x", requested_token_use: "magic" })
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  })

  test("without assertion", async () => {
    expect(await onBehalfOf("orders-api", {})).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  })
})
