import type { Warning } from "@bearerkit/core"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { Person } from "@bearerkit/services"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { makeClient } from "../src/client.ts"
import type { BrowserClientOptions } from "../src/index.ts"
import { fakePage } from "../src/testing/fake-page.ts"

const redirectUri = "http://127.0.0.1:5555/callback"
const orders = "https://orders.example/api"
const alice = { username: "alice", password: "correct horse battery" }
const hour = 3_600_000

describe("a login with the scope offline_access", () => {
  let issuer: Issuer
  beforeAll(async () => {
    issuer = await startIssuer({
      config: {
        clients: [{ id: "spa", grants: ["authorization_code", "refresh_token"], redirectUris: [redirectUri] }],
        apis: [{ audience: orders, scopes: ["read"], tokenLifetime: 600 }],
        connections: [{ name: "users", strategy: "database", users: [alice] }],
        defaultConnection: "users",
      },
    })
  })
  afterAll(() => issuer.close())

  const signedIn = async (scope: string, extra: Partial<BrowserClientOptions> = {}) => {
    const warnings: Array<Warning> = []
    const target = { resource: orders, scope }
    const onWarning = (warning: Warning): void => void warnings.push(warning)
    const options = { issuer: issuer.url, clientId: "spa", redirectUri, target, onWarning, ...extra }
    const before = fakePage("http://127.0.0.1:5555/")
    await using leaving = makeClient(options, () => before)
    await leaving.login()
    const page = fakePage(String(await new Person(alice).visit(before.left[0] ?? "")), before.storage)
    const client = makeClient(options, () => page)
    await client.ready()
    return { client, warnings }
  }

  it("is renewed when its token has ended, since the person was asked for their consent", async () => {
    let ahead = 0
    const { client, warnings } = await signedIn("openid offline_access read", { now: () => Date.now() + ahead })
    const first = await client.token()
    ahead = hour
    expect(await client.token()).not.toBe(first)
    expect(client.state()).toMatchObject({ status: "signed-in", error: undefined })
    expect(warnings).toEqual([])
    await client.close()
  })

  it("asks what the application says instead, and warns where that brings no refresh token", async () => {
    const { client, warnings } = await signedIn("openid offline_access read", { loginDefaults: { prompt: [] } })
    const message = expect.stringContaining("no refresh token although offline_access was asked for")
    expect(warnings).toEqual([{ name: "no-refresh-token", message }])
    expect(client.state()).toMatchObject({ status: "signed-in", error: undefined })
    await client.close()
  })

  it("is the only one that is warned of", async () => {
    const { client, warnings } = await signedIn("openid read")
    expect(warnings).toEqual([])
    await client.close()
  })
})
