import { Buffer } from "node:buffer"

import type { JWTPayload } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer, startIssuer } from "../src/index.ts"
import { type Answer, type Form, key, ORDERS, post, read, SECRET } from "./support/issuer.ts"
import { makeKey, now, sign } from "./support/keys.ts"

const robot = makeKey()
const lines: Array<string> = []
let issuer: Issuer

beforeAll(async () => {
  const grants = ["client_credentials"]
  issuer = await startIssuer({
    log: (line) => void lines.push(line),
    config: {
      clients: [
        { id: "basic:1", secret: `${SECRET}%:+ &`, grants },
        { id: "post", secret: SECRET, auth: "client_secret_post", grants },
        { id: "hmac", secret: SECRET, auth: "client_secret_jwt", grants },
        { id: "robot", publicKey: robot.publicPem, grants },
      ],
      apis: [{ audience: ORDERS }],
    },
  })
})
afterAll(() => issuer.close())

const grant = { grant_type: "client_credentials", audience: ORDERS }
const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

const assertionOf = (id: string, claims: JWTPayload = {}): JWTPayload => ({
  iss: id,
  sub: id,
  aud: issuer.url,
  ...claims,
})

const present = (assertion: string): Promise<Answer> =>
  post(issuer, "/token", { ...grant, client_assertion_type: TYPE, client_assertion: assertion })

test("client_secret_post, and an assertion signed with the secret or a key", async () => {
  const form: Form = { ...grant, client_id: "post", client_secret: SECRET }
  expect((await post(issuer, "/token", form)).status).toBe(200)
  expect((await present(await sign(key(SECRET), assertionOf("hmac"), "HS256"))).status).toBe(200)
  expect((await present(await sign(robot.privateKey, assertionOf("robot")))).status).toBe(200)
  expect((await present(await sign(robot.privateKey, assertionOf("robot", { aud: [issuer.url] })))).status).toBe(200)
})

test("client_secret_basic with form encoding first (RFC 6749 §2.3.1)", async () => {
  const basic = (secret: string) => {
    const pair = `${encodeURIComponent("basic:1")}:${encodeURIComponent(secret)}`
    return fetch(`${issuer.url}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` },
      body: new URLSearchParams(grant),
    }).then(read)
  }
  expect((await basic(`${SECRET}%:+ &`)).status).toBe(200)
  const wrong = await basic("wrong")
  expect(wrong).toMatchObject({ status: 401, body: { error: "invalid_client" } })
  expect(wrong.headers.get("www-authenticate")).toMatch(/^Basic /)
})

test("a wrong secret and an unknown client have one answer", async () => {
  const answers = await Promise.all([
    post(issuer, "/token", { ...grant, client_id: "post", client_secret: "wrong" }),
    post(issuer, "/token", { ...grant, client_id: "nobody", client_secret: SECRET }),
  ])
  for (const { status, body } of answers) {
    expect({ status, body }).toEqual({
      status: 401,
      body: { error: "invalid_client", error_description: "client authentication failed" },
    })
  }
  expect(lines.join("\n")).toContain("(invalid secret provided)")
})

const DAY = 86_400

const withoutIat = (claims: JWTPayload): JWTPayload => Object.assign(claims, { iat: undefined })

describe("a client assertion is refused with a reason", () => {
  test.each<[string, () => JWTPayload, RegExp]>([
    ["for the token endpoint (RFC 10070)", () => ({ aud: `${issuer.url}/token` }), /aud must be the issuer identifier/],
    ["for the issuer and another (RFC 10070)", () => ({ aud: [issuer.url, "https://x.example"] }), /and nothing else/],
    ["from a clock one day ahead", () => ({ iat: now() + DAY, exp: now() + DAY + 60 }), /issued in the future.*ahead/],
    ["from a clock one day ahead, without iat", () => withoutIat({ exp: now() + DAY }), /ahead/],
    ["from a clock one day behind", () => ({ iat: now() - DAY, exp: now() - DAY + 60 }), /expired.*behind/],
    ["not yet valid", () => ({ nbf: now() + 600 }), /not valid yet/],
  ])("%s", async (_case, claims, reason) => {
    const { status, body } = await present(await sign(robot.privateKey, assertionOf("robot", claims())))
    expect({ status, error: body["error"] }).toEqual({ status: 401, error: "invalid_client" })
    expect(body["error_description"]).toMatch(reason)
  })

  test("used twice", async () => {
    const assertion = await sign(robot.privateKey, assertionOf("robot"))
    expect((await present(assertion)).status).toBe(200)
    expect((await present(assertion)).body["error_description"]).toMatch(/only be used once/)
  })

  test("signed by another key", async () => {
    const forged = await sign(makeKey().privateKey, assertionOf("robot"))
    expect(await present(forged)).toMatchObject({ status: 401, body: { error: "invalid_client" } })
  })
})
