import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import {
  aliceToken,
  as,
  BILLING,
  BILLING_SECRET,
  CLOSED,
  exchange,
  exchangeConfig,
  issuerKey,
  KID,
  LISTED,
  MIRROR,
  startExchange,
  TOKEN_EXCHANGE,
  TYPE,
} from "../support/exchange.ts"
import { API_SECRET, key, ORDERS, PASSWORD, REPORTS } from "../support/issuer.ts"
import { now, sign } from "../support/keys.ts"

const lines: Array<string> = []
let issuer: Issuer
beforeAll(async () => {
  issuer = await startExchange({ log: (line) => void lines.push(line) })
})
afterAll(() => issuer.close())

describe("policy", () => {
  const to = async (client: string, audience: string) => {
    const { status, body } = await exchange(issuer, client, { subject_token: await aliceToken(issuer), audience })
    return { status, error: body["error"] }
  }
  const refused = { status: 400, error: "unauthorized_client" }

  test("no list: every client with the grant may; the issuer names the targets once at start", async () => {
    expect(await to("web", REPORTS)).toEqual({ status: 200, error: undefined })
    const notes = lines.filter((line) => line.startsWith("note: "))
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain(`may delegate to ${ORDERS}, ${REPORTS}, ${BILLING}, ${MIRROR};`)
  })

  test("a list restricts to those on it", async () => {
    expect(await to("orders-api", LISTED)).toEqual({ status: 200, error: undefined })
    expect(await to("web", LISTED)).toEqual(refused)
  })

  test("an empty list means nobody; the refusal is recorded and logged", async () => {
    expect(await to("web", CLOSED)).toEqual(refused)
    const subject = String(issuer.refusals.at(-1)?.subject)
    expect(issuer.refusals.at(-1)).toEqual({
      at: expect.any(String),
      client: "web",
      subject: expect.stringMatching(/^database\|/),
      target: CLOSED,
      reason: "caller_not_allowed",
      grant: TOKEN_EXCHANGE,
    })
    expect(lines).toContain(
      `delegation refused: web for ${subject} to ${CLOSED}: caller_not_allowed (${TOKEN_EXCHANGE})`,
    )
  })

  test("a client without the grant is refused, and recorded", async () => {
    expect(await to("off", REPORTS)).toEqual(refused)
    expect(issuer.refusals.at(-1)).toMatchObject({ client: "off", target: REPORTS, reason: "grant_off" })
  })
})

describe("a request that is not right", () => {
  test.each<[string, Readonly<Record<string, string>>, string, RegExp]>([
    ["an unknown audience", { audience: "nobody" }, "invalid_target", /unknown/],
    ["an unknown resource", { audience: "", resource: "https://x.example" }, "invalid_target", /unknown/],
    ["a malformed name", { audience: "", resource: "urn:bearerkit:audience:%" }, "invalid_target", /unknown/],
    ["no target", { audience: "" }, "invalid_request", /missing target/],
    ["a client as target", { audience: "web" }, "invalid_target", /unknown/],
    ["no type", { subject_token_type: "" }, "invalid_request", /subject_token_type/],
    ["an unknown type", { subject_token_type: `${TYPE}saml2` }, "invalid_request", /subject_token_type is not/],
    ["an ID token asked for", { requested_token_type: `${TYPE}id_token` }, "invalid_request", /requested_token_type/],
    ["an actor without type", { actor_token: "x" }, "invalid_request", /actor_token_type/],
    ["an actor type alone", { actor_token_type: `${TYPE}jwt` }, "invalid_request", /no actor_token/],
    ["an actor that is none", { actor_token: "x", actor_token_type: `${TYPE}jwt` }, "invalid_request", /actor token/],
  ])("%s", async (_case, form, error, description) => {
    const { status, body } = await exchange(issuer, "web", { subject_token: await aliceToken(issuer), ...form })
    expect({ status, error: body["error"] }).toEqual({ status: 400, error })
    expect(body["error_description"]).toMatch(description)
  })

  test("no subject token at all", async () => {
    expect(await exchange(issuer, "web", { subject_token: "" })).toMatchObject({
      status: 400,
      body: { error: "invalid_request", error_description: "subject_token_type is there, but no subject_token" },
    })
  })

  test("two targets", async () => {
    const form = { subject_token: await aliceToken(issuer), audience: ORDERS, resource: BILLING }
    expect((await exchange(issuer, "web", form)).body["error"]).toBe("invalid_target")
  })

  test("an actor token that is delegated itself", async () => {
    const subject_token = await aliceToken(issuer)
    const delegated = await exchange(issuer, "web", { subject_token })
    const actor = { actor_token: String(delegated.body["access_token"]), actor_token_type: `${TYPE}access_token` }
    const { body } = await exchange(issuer, "web", { subject_token, ...actor })
    expect(body["error_description"]).toMatch(/actor token is delegated itself/)
  })

  test("an actor token of a client that has sent it here, but is not the caller", async () => {
    const login = { grant_type: "client_credentials", audience: ORDERS }
    const actor_token = String((await as(issuer, "web", login)).body["access_token"])
    const subject_token = await aliceToken(issuer, { client: "bound" })
    const form = { subject_token, actor_token, actor_token_type: `${TYPE}access_token` }
    const { status, body } = await exchange(issuer, "orders-api", form)
    expect({ status, error: body["error"] }).toEqual({ status: 400, error: "invalid_request" })
    expect(body["error_description"]).toMatch(/actor token is that of another client/)
    expect(issuer.refusals.at(-1)).toMatchObject({ client: "orders-api", reason: "bad_actor_token" })
  })
})

describe("a subject token that is not right", () => {
  const usual = () => ({ iss: issuer.url, sub: "carol", aud: ORDERS, client_id: "web" })
  const at = { typ: "at+jwt" }
  test.each<[string, () => Promise<string> | string]>([
    ["with a scheme", async () => `Bearer ${await aliceToken(issuer)}`],
    ["with a space before it", async () => ` ${await aliceToken(issuer)}`],
    ["with a line break after it", async () => `${await aliceToken(issuer)}\n`],
    ["that is random", () => "x".repeat(43)],
    ["that is dots", () => "..."],
    ["that is huge", () => `${"x".repeat(20_000)}.y.z`],
    ["cut", async () => (await aliceToken(issuer)).slice(0, -2)],
    ["expired", () => sign(key(API_SECRET), { ...usual(), exp: now() }, "HS256", at)],
    ["not valid yet", () => sign(key(API_SECRET), { ...usual(), nbf: now() + 60 }, "HS256", at)],
    ["of another issuer", () => sign(key(API_SECRET), { ...usual(), iss: "https://x.example" }, "HS256", at)],
    ["for two audiences", () => sign(key(API_SECRET), { ...usual(), aud: [ORDERS, REPORTS] }, "HS256", at)],
    ["for nobody known", () => sign(key(API_SECRET), { ...usual(), aud: "x" }, "HS256", at)],
    ["signed with another API's secret", () => sign(key(BILLING_SECRET), usual(), "HS256", at)],
    [
      "signed with the issuer's key where a secret is set",
      () => sign(issuerKey, usual(), "RS256", { ...at, kid: KID }),
    ],
    [
      "signed with a secret where the issuer's key counts",
      () => sign(key(API_SECRET), { ...usual(), aud: REPORTS }, "HS256", at),
    ],
    ["signed with an unknown key", () => sign(issuerKey, { ...usual(), aud: REPORTS }, "RS256", { ...at, kid: "x" })],
    ["of no subject", () => sign(key(API_SECRET), { ...usual(), sub: "" }, "HS256", at)],
    ["of a person who is gone", () => sign(key(API_SECRET), { ...usual(), sub: "database|x" }, "HS256", at)],
    ["of another type", () => sign(key(API_SECRET), usual(), "HS256", { typ: "logout+jwt" })],
    ["with a scope that is no text", () => sign(key(API_SECRET), { ...usual(), scope: ["read"] }, "HS256", at)],
    ["bound to a certificate", () => sign(key(API_SECRET), { ...usual(), cnf: { "x5t#S256": "x" } }, "HS256", at)],
    ["with a past that is no list", () => sign(key(API_SECRET), { ...usual(), exchanged_from: 7 }, "HS256", at)],
  ])("%s", async (_case, make) => {
    const subject_token = await make()
    const { status, body } = await exchange(issuer, "web", { subject_token })
    expect({ status, error: body["error"] }).toEqual({ status: 400, error: "invalid_request" })
    expect(issuer.refusals.at(-1)).toMatchObject({ client: "web", target: REPORTS, reason: "bad_subject_token" })
    expect(JSON.stringify([body, issuer.refusals.at(-1)])).not.toContain(subject_token.trim().slice(0, 40))
  })

  test("made by the issuer for an API that verifies with its key is right", async () => {
    const subject_token = await sign(issuerKey, { ...usual(), aud: REPORTS }, "RS256", { ...at, kid: KID })
    expect((await exchange(issuer, "web", { subject_token, audience: ORDERS })).status).toBe(200)
  })

  test("of a blocked person, whose token is no actor token either", async () => {
    const users = [{ id: "1", username: "carol", password: PASSWORD, blocked: true }]
    const connections = [{ name: "users", strategy: "database" as const, users }]
    await using other = await startExchange({ config: { ...exchangeConfig, connections } })
    const claims = { ...usual(), iss: other.url, sub: "database|1" }
    const subject_token = await sign(key(API_SECRET), claims, "HS256", at)
    expect(await exchange(other, "web", { subject_token })).toMatchObject({
      status: 400,
      body: { error: "invalid_request", error_description: "user is blocked" },
    })
    const actor = { actor_token: subject_token, actor_token_type: `${TYPE}access_token` }
    const right = await sign(key(API_SECRET), { ...claims, sub: "carol" }, "HS256", at)
    expect((await exchange(other, "web", { subject_token: right, ...actor })).body["error_description"]).toBe(
      "user is blocked",
    )
  })
})
