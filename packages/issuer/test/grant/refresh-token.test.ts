import { createHash } from "node:crypto"

import { afterAll, beforeAll, describe, expect, test } from "vitest"

import { type Issuer } from "../../src/index.ts"
import { type Answer, config, type Form, ORDERS, PASSWORD, post, REPORTS, SECRET, start } from "../support/issuer.ts"

let issuer: Issuer
beforeAll(async () => {
  const grants = ["password", "refresh_token"]
  let time = Date.UTC(2026, 0, 1)
  issuer = await start({
    now: () => (time += 60_000),
    config: {
      ...config,
      clients: [
        { id: "public", grants },
        { id: "secret", grants, secret: SECRET },
        { id: "steady", grants, secret: SECRET, rotateRefreshTokens: false },
      ],
    },
  })
})
afterAll(() => issuer.close())

const clientOf = (id: string) => ({ client_id: id, ...(id === "public" ? {} : { client_secret: SECRET }) })

const login = async (id: string): Promise<string> => {
  const alice = { username: "alice", password: PASSWORD, audience: ORDERS, scope: "openid read offline_access" }
  const { body } = await post(issuer, "/token", { ...clientOf(id), grant_type: "password", ...alice })
  return String(body["refresh_token"])
}

const refresh = (id: string, token: string, target: Form = {}): Promise<Answer> =>
  post(issuer, "/token", { ...clientOf(id), grant_type: "refresh_token", refresh_token: token, ...target })

const fingerprint = (token: string): string => `sha256:${createHash("sha256").update(token).digest("hex").slice(0, 16)}`

describe.each([["public"], ["secret"]])("the refresh token of a client that is %s", (id) => {
  test("rotates; the second use of one ends the whole family", async () => {
    const first = await login(id)
    const second = String((await refresh(id, first)).body["refresh_token"])
    const third = String((await refresh(id, second)).body["refresh_token"])
    expect(new Set([first, second, third]).size).toBe(3)
    expect(await refresh(id, first)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
    expect(await refresh(id, third)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
  })

  test.each([
    ["an API of others", { audience: REPORTS }],
    ["an API that is unknown", { audience: "nobody" }],
    ["a resource that is unknown", { resource: "https://nobody.example" }],
  ])("is not spent by a request for %s", async (_, target) => {
    const token = await login(id)
    expect(await refresh(id, token, target)).toMatchObject({ status: 400, body: { error: "invalid_target" } })
    expect(await refresh(id, token, { audience: ORDERS })).toMatchObject({ status: 200 })
  })

  test("ends with its revocation", async () => {
    const token = await login(id)
    const body = new URLSearchParams({ ...clientOf(id), token })
    expect((await fetch(`${issuer.url}/revoke`, { method: "POST", body })).status).toBe(200)
    expect(await refresh(id, token)).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
  })
})

test("stays the same where the client is configured so", async () => {
  const token = await login("steady")
  for (let use = 0; use < 2; use++) {
    expect(await refresh("steady", token)).toMatchObject({ status: 200, body: { refresh_token: token } })
  }
})

test("the issuer tells every use: who sent which token, and what came of it", async () => {
  const before = issuer.refreshes.length
  const count = issuer.countGrants("refresh_token")
  const first = await login("secret")
  const second = String((await refresh("secret", first)).body["refresh_token"])
  await refresh("secret", first)
  const use = { at: expect.stringMatching(/Z$/), client: "secret", grant: "refresh_token" }
  expect(issuer.refreshes.slice(before)).toEqual([
    { ...use, token: fingerprint(first), outcome: "ok", successor: fingerprint(second) },
    { ...use, token: fingerprint(first), outcome: "invalid_grant" },
  ])
  expect(issuer.countGrants("refresh_token")).toBe(count + 2)
  expect(issuer.countGrants("password")).toBeGreaterThan(0)
  expect(JSON.stringify([issuer.refreshes, issuer.audit])).not.toContain(first)
  expect(JSON.stringify([issuer.refreshes, issuer.audit])).not.toContain(second)
})

test("the issuer tells of no successor where a token stays", async () => {
  const before = issuer.refreshes.length
  await refresh("steady", await login("steady"))
  expect(issuer.refreshes.slice(before)).toEqual([expect.not.objectContaining({ successor: expect.anything() })])
})

test("the audit names the grant", async () => {
  await refresh("secret", await login("secret"))
  expect(issuer.audit.slice(-2)).toMatchObject([
    { kind: "access_token", grant: "refresh_token", audience: ORDERS },
    { kind: "id_token", grant: "refresh_token", audience: "secret" },
  ])
})

test("an unknown grant type is counted nowhere", async () => {
  await post(issuer, "/token", { ...clientOf("secret"), grant_type: "x".repeat(50) })
  expect(issuer.countGrants("x".repeat(50))).toBe(0)
})
