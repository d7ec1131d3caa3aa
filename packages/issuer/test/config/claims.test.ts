import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer, startIssuer } from "../../src/index.ts"
import { refusal } from "../support/refusal.ts"
import { PASSWORD, SECRET, token } from "../support/issuer.ts"

const audience = "https://api.example"
const client = { id: "service", secret: SECRET, grants: ["client_credentials", "password", "refresh_token"] }
const user = { username: "ada", password: PASSWORD, claims: { roles: ["auditor"], tenant: "ada's" } }
const api = { audience, scopes: ["read"], claims: { tenant: "the API's", region: "eu" } }
const config = (over: { readonly client?: object; readonly api?: object; readonly user?: object } = {}) => ({
  clients: [{ ...client, claims: { tenant: "the client's", plan: { level: 2 } }, ...over.client }],
  apis: [{ ...api, ...over.api }],
  connections: [{ name: "users", strategy: "database" as const, users: [{ ...user, ...over.user }] }],
})

describe("claims of one's own", () => {
  let issuer: Issuer
  beforeAll(async () => {
    issuer = await startIssuer({ config: config() })
  })
  afterAll(() => issuer.close())

  test("of client and API are in a token of the client, its own first", async () => {
    const { body } = await token(issuer, { grant_type: "client_credentials", audience })
    const claims = decodeJwt(String(body["access_token"]))
    expect(claims).toMatchObject({ tenant: "the client's", region: "eu", plan: { level: 2 } })
    expect(claims).not.toHaveProperty("roles")
  })

  test("of a person are in access token, ID token and userinfo, and still after a renewal", async () => {
    const login = { grant_type: "password", username: "ada", password: PASSWORD, scope: "openid offline_access" }
    const { body } = await token(issuer, { ...login, audience })
    const own = { roles: ["auditor"], tenant: "ada's" }
    expect(decodeJwt(String(body["access_token"]))).toMatchObject({ ...own, region: "eu" })
    expect(decodeJwt(String(body["id_token"]))).toMatchObject(own)
    const refresh = { grant_type: "refresh_token", refresh_token: String(body["refresh_token"]) }
    const renewed = await token(issuer, refresh)
    expect(decodeJwt(String(renewed.body["access_token"]))).toMatchObject(own)
    const opaque = await token(issuer, login)
    const authorization = `Bearer ${String(opaque.body["access_token"])}`
    const userinfo = await fetch(`${issuer.url}/userinfo`, { headers: { authorization } })
    expect(await userinfo.json()).toMatchObject(own)
  })
})

describe("are refused", () => {
  const circle: Record<string, unknown> = {}
  circle["self"] = circle
  test.each<[string, object, RegExp]>([
    ["clients[0].claims.sub", config({ client: { claims: { sub: "x" } } }), /issuer sets/],
    ["clients[0].claims.may_act", config({ client: { claims: { may_act: {} } } }), /issuer sets/],
    ["apis[0].claims.iss", config({ api: { claims: { iss: "x" } } }), /issuer sets/],
    ["apis[0].claims", config({ api: { claims: ["x"] } }), /must be an object/],
    ["apis[0].claims", config({ api: { claims: { long: "x".repeat(4096) } } }), /longer than 4096/],
    ["connections[0].users[0].claims.email", config({ user: { claims: { email: "x" } } }), /issuer sets/],
    ["connections[0].users[0].claims.when", config({ user: { claims: { when: new Date() } } }), /must be JSON/],
    ["connections[0].users[0].claims.circle", config({ user: { claims: { circle } } }), /must be JSON/],
    ["clients[0].claims.__proto__", config({ client: { claims: JSON.parse('{"__proto__":{}}') } }), /issuer sets/],
  ])("%s", async (field, wrong, problem) => {
    const error = await refusal(wrong)
    expect(error.field).toBe(field)
    expect(error.message).toMatch(problem)
  })
})
