import { decodeJwt } from "jose"
import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
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
  SECRET,
  start,
  token,
} from "../support/issuer.ts"
import { now, sign } from "../support/keys.ts"
import { CALLBACK } from "../support/login.ts"

let time = Date.UTC(2026, 0, 1)
let issuer: Issuer
beforeAll(async () => {
  const page = { id: "page", grants: ["implicit"], redirectUris: [CALLBACK] }
  const modern = { id: "modern", secret: SECRET, grants: ["password"] }
  const clients = [...config.clients, page, modern, { ...modern, id: "app", grants: ["oauth-ro", "delegation"] }]
  issuer = await start({ now: () => (time += 6_000), config: { ...config, clients } })
})
afterAll(() => issuer.close())

const idToken = async (): Promise<string> =>
  String((await post(issuer, "/oauth/ro", { ...login, scope: "openid" })).body["id_token"])

const ask = (id_token: string): Promise<Answer> => postJson(issuer, "/tokeninfo", { id_token })

test("gives the profile for an ID token, JSON or form", async () => {
  const source = await idToken()
  const profile = {
    user_id: decodeJwt(source).sub,
    username: "alice",
    nickname: "alice",
    name: "Alice Liddell",
    email: "alice@example.test",
    email_verified: true,
    clientID: "service",
    global_client_id: "service",
    identities: [
      { user_id: expect.stringMatching(/^\w+$/), provider: "database", connection: "users", isSocial: false },
    ],
  }
  expect(await ask(source)).toMatchObject({ status: 200, body: profile })
  expect((await post(issuer, "/tokeninfo", { id_token: source })).body).toEqual((await ask(source)).body)
})

test("knows ID tokens signed with the issuer's key, and delegated ones", async () => {
  const form = { grant_type: "password", username: "alice", password: PASSWORD, scope: "openid" }
  const modern = await post(issuer, "/token", { ...form, client_id: "modern", client_secret: SECRET })
  expect((await ask(String(modern.body["id_token"]))).body["clientID"]).toBe("modern")
  const source = await post(issuer, "/oauth/ro", { ...login, client_id: "app", scope: "openid" })
  const delegated = await post(issuer, "/delegation", {
    client_id: "app",
    grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
    id_token: String(source.body["id_token"]),
    target: ORDERS,
  })
  expect((await ask(String(delegated.body["id_token"]))).body["clientID"]).toBe(ORDERS)
})

describe("401", () => {
  const claims = () => ({ iss: issuer.url, aud: "service", sub: "database|x" })
  test.each<[string, () => Promise<string>]>([
    ["tampered", async () => `${(await idToken()).slice(0, -3)}xyz`],
    ["expired", () => sign(key(SECRET), { ...claims(), exp: now() }, "HS256")],
    ["of another issuer", () => sign(key(SECRET), { ...claims(), iss: "https://x.example" }, "HS256")],
    ["of somebody who is gone", () => sign(key(SECRET), claims(), "HS256")],
    [
      "an access token",
      async () =>
        String((await token(issuer, { grant_type: "client_credentials", audience: ORDERS })).body["access_token"]),
    ],
    ["signed for an API by another", () => sign(key(API_SECRET), claims(), "HS256")],
    ["no token", async () => "x"],
  ])("%s", async (_case, make) => {
    expect(await ask(await make())).toMatchObject({ status: 401, body: { error: "unauthorized" } })
  })
})

test("without id_token, and as GET", async () => {
  expect(await postJson(issuer, "/tokeninfo", {})).toMatchObject({ status: 400, body: { error: "invalid_request" } })
  expect((await fetch(`${issuer.url}/tokeninfo?id_token=x`)).status).toBe(405)
})

test("a page of a client may call from a browser, no other", async () => {
  const from = async (origin: string, method: string) => {
    const body = method === "POST" ? new URLSearchParams({ id_token: await idToken() }) : null
    const response = await fetch(`${issuer.url}/tokeninfo`, { method, headers: { origin }, body })
    return { status: response.status, allowed: response.headers.get("access-control-allow-origin") }
  }
  const { origin } = new URL(CALLBACK)
  expect(await from(origin, "OPTIONS")).toEqual({ status: 204, allowed: origin })
  expect(await from(origin, "POST")).toEqual({ status: 200, allowed: origin })
  expect(await from("https://evil.example", "OPTIONS")).toEqual({ status: 204, allowed: null })
  expect(await from("null", "POST")).toEqual({ status: 200, allowed: null })
})
