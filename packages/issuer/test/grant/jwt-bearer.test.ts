import { decodeJwt, type JWTPayload, UnsecuredJWT } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer, startIssuer } from "../../src/index.ts"
import { type Answer, ORDERS, PASSWORD, post, SECRET } from "../support/issuer.ts"
import { makeKey, now, sign } from "../support/keys.ts"

const robot = makeKey()
const partner = makeKey()
const PARTNER = "https://idp.partner.example"
let issuer: Issuer

beforeAll(async () => {
  issuer = await startIssuer({
    config: {
      clients: [
        {
          id: "robot",
          auth: "none",
          publicKey: robot.publicPem,
          grants: ["jwt-bearer"],
          assertionSubjects: ["helper", "database|1", "database|2", "database|3", "database|gone"],
        },
        { id: "keyless", secret: SECRET, grants: ["jwt-bearer"] },
      ],
      apis: [{ audience: ORDERS, scopes: ["read"] }],
      trustedAssertionIssuers: [{ issuer: PARTNER, publicKey: partner.publicPem, subjects: ["carol", "database|2"] }],
      connections: [
        {
          name: "users",
          strategy: "database",
          users: [
            { id: "1", username: "alice", password: PASSWORD },
            { id: "2", username: "mallory", password: PASSWORD, blocked: true },
          ],
        },
        {
          name: "closed",
          strategy: "database",
          disabled: true,
          users: [{ id: "3", username: "eve", password: PASSWORD }],
        },
      ],
    },
  })
})
afterAll(() => issuer.close())

const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"

const present = (assertion: string): Promise<Answer> =>
  post(issuer, "/token", { grant_type: GRANT, client_id: "robot", assertion, audience: ORDERS, scope: "read" })

const own = (claims: JWTPayload = {}): Promise<string> =>
  sign(robot.privateKey, { iss: "robot", sub: "robot", aud: issuer.url, ...claims })

test("an assertion that the client signed for itself", async () => {
  const { status, body } = await present(await own())
  expect(status).toBe(200)
  expect(body).toMatchObject({ token_type: "Bearer", scope: "read" })
  expect(decodeJwt(String(body["access_token"]))).toMatchObject({ sub: "robot", client_id: "robot", aud: ORDERS })
})

test("a scope of which nothing may be granted is refused, and the assertion is still good", async () => {
  const assertion = await own()
  const form = { grant_type: GRANT, client_id: "robot", assertion, audience: ORDERS }
  expect(await post(issuer, "/token", { ...form, scope: "delete" })).toMatchObject({
    status: 400,
    body: { error: "invalid_scope" },
  })
  expect((await post(issuer, "/token", { ...form, scope: "read" })).status).toBe(200)
})

test("the token endpoint is an audience too (RFC 7523 §3)", async () => {
  expect((await present(await own({ aud: [`${issuer.url}/token`] }))).status).toBe(200)
})

test("a client may speak for the subjects it is given", async () => {
  const { body } = await present(await own({ sub: "helper" }))
  expect(decodeJwt(String(body["access_token"])).sub).toBe("helper")
})

test("a trusted issuer may speak for its subjects", async () => {
  const claims = { iss: PARTNER, sub: "carol", aud: issuer.url }
  const { status, body } = await present(await sign(partner.privateKey, claims))
  expect(status).toBe(200)
  expect(decodeJwt(String(body["access_token"])).sub).toBe("carol")
})

describe("a subject that is a person of a connection", () => {
  test("must be there", async () => {
    const { body } = await present(await own({ sub: "database|1" }))
    expect(decodeJwt(String(body["access_token"])).sub).toBe("database|1")
  })

  test.each([
    ["blocked", "database|2", /user is blocked/],
    ["of a disabled connection", "database|3", /does not exist/],
    ["gone", "database|gone", /does not exist/],
  ])("%s: is refused, and the assertion is not spent", async (_case, sub, reason) => {
    const assertion = await own({ sub })
    for (const _ of ["once", "again"]) {
      const { status, body } = await present(assertion)
      expect({ status, error: body["error"] }).toEqual({ status: 400, error: "invalid_grant" })
      expect(body["error_description"]).toMatch(reason)
    }
  })

  test("must be there for a trusted issuer too", async () => {
    const assertion = await sign(partner.privateKey, { iss: PARTNER, sub: "database|2", aud: issuer.url })
    expect(await present(assertion)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
  })
})

test("a jti is accepted once", async () => {
  const assertion = await own()
  expect((await present(assertion)).status).toBe(200)
  expect(await present(assertion)).toMatchObject({
    status: 400,
    body: { error: "invalid_grant", error_description: "assertion: its jti was used before" },
  })
})

const DAY = 86_400

describe("is refused with a reason", () => {
  test.each<[string, JWTPayload, RegExp]>([
    ["expired", { iat: now() - 120, exp: now() - 60 }, /expired/],
    ["from a clock one day behind", { iat: now() - DAY, exp: now() - DAY + 60 }, /expired.*behind/],
    ["from a clock one day ahead", { iat: now() + DAY, exp: now() + DAY + 60 }, /issued in the future.*ahead/],
    ["not yet valid", { nbf: now() + 600 }, /issued in the future/],
    ["valid for too long", { exp: now() + DAY }, /more than 3600 seconds/],
    ["without exp", { exp: undefined } as unknown as JWTPayload, /exp is missing/],
    ["without sub", { sub: undefined } as unknown as JWTPayload, /sub is missing/],
    ["for another audience", { aud: "https://other.example" }, /aud must be the issuer/],
    ["without audience", { aud: undefined } as unknown as JWTPayload, /aud must be the issuer/],
    ["for a subject that is not the client's", { sub: "alice" }, /may not speak for this subject/],
    ["from an unknown issuer", { iss: "stranger" }, /iss is not known/],
    ["without issuer", { iss: undefined } as unknown as JWTPayload, /iss is missing/],
  ])("%s", async (_case, claims, reason) => {
    const { status, body } = await present(await own(claims))
    expect({ status, error: body["error"] }).toEqual({ status: 400, error: "invalid_grant" })
    expect(body["error_description"]).toMatch(reason)
  })

  test("signed by another key", async () => {
    const forged = await sign(partner.privateKey, { iss: "robot", sub: "robot", aud: issuer.url })
    expect((await present(forged)).body["error_description"]).toBe(
      "assertion: its signature is not right for the registered keys",
    )
  })

  test("signed with an algorithm outside the list: HS256 with the public key, and none", async () => {
    const claims = { iss: "robot", sub: "robot", aud: issuer.url, exp: now() + 60 }
    const confused = await sign(new TextEncoder().encode(robot.publicPem), claims, "HS256")
    expect(await present(confused)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
    expect(await present(new UnsecuredJWT(claims).encode())).toMatchObject({
      status: 400,
      body: { error: "invalid_grant" },
    })
  })

  test("for a subject that the trusted issuer may not speak for", async () => {
    const claims = { iss: PARTNER, sub: "alice", aud: issuer.url }
    expect((await present(await sign(partner.privateKey, claims))).body["error_description"]).toMatch(/may not speak/)
  })

  test.each(["", "x", "a.b.c", "a.b"])("malformed: %j", async (assertion) => {
    expect((await present(assertion)).status).toBe(400)
  })
})

test("an assertion without a jti counts once too", async () => {
  const claims = { iss: "robot", sub: "robot", aud: issuer.url, jti: undefined } as unknown as JWTPayload
  const assertion = await sign(robot.privateKey, claims)
  expect(decodeJwt(assertion).jti).toBeUndefined()
  expect((await present(assertion)).status).toBe(200)
  const { status, body } = await present(assertion)
  expect([status, body["error"]]).toEqual([400, "invalid_grant"])
  expect((await present(await sign(robot.privateKey, { ...claims, nbf: 1 }))).status).toBe(200)
})
