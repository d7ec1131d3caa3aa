import type { Issuer } from "@bearerkit/issuer"
import { decodeJwt } from "jose"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { createClient, loopback, supplied } from "../src/index.ts"
import { clientOf, orders, service, startPeopleIssuer, visit } from "./support/world.ts"

const ledger = "https://ledger.example"
let issuer: Issuer
beforeAll(async () => {
  issuer = await startPeopleIssuer()
})
afterAll(() => issuer.close())

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

const asked = (): (() => number) => {
  const before = issuer.countRequests("/token")
  return () => issuer.countRequests("/token") - before
}

/** What was measured or read in other libraries and must not be found here; each test bears the defect's name. */
describe("defects of peers", () => {
  it("msal-node 7.2.1: 10 concurrent cold calls are 10 token requests; here they are 1", async () => {
    const requests = asked()
    await using client = service(issuer)
    await Promise.all(Array.from({ length: 10 }, () => client.token({ audience: orders })))
    assert.strictEqual(requests(), 1)
  })

  it("msal-node 7.2.1: a refresh ahead of time blocks its caller, who gets the old token even so", async () => {
    let now = Date.now()
    let calls = 0
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: slow, resolve: letGo } = Promise.withResolvers<void>()
    const lived = 3_600_000
    const flow = supplied({
      subject: "slow",
      token: async () => {
        calls += 1
        if (calls > 1) {
          begin()
          await slow
        }
        return { token: `token-${calls}`, expiresAt: now + lived }
      },
    })
    await using client = createClient({ issuer: issuer.url, clientId: "x", flow, now: () => now })
    assert.strictEqual(await client.token(), "token-1")
    now += lived * 0.95
    // the renewal does not end, and nobody waits for it
    assert.strictEqual(await client.token(), "token-1")
    await begun
    assert.strictEqual(await client.token(), "token-1")
    letGo()
    while ((await client.token()) === "token-1") await soon()
    assert.strictEqual(await client.token(), "token-2")
  })

  it("Duende before 4.3: client credentials are kept by client name only; here by all that changes the answer", async () => {
    await using client = service(issuer)
    const targets = [
      { audience: orders, scope: "read" },
      { audience: orders, scope: "write" },
      { audience: ledger, scope: "read" },
    ]
    const [read, write, other] = (await Promise.all(targets.map((target) => client.token(target)))).map((token) =>
      decodeJwt(token),
    )
    assert.deepInclude(read, { aud: orders, scope: "read" })
    assert.deepInclude(write, { aud: orders, scope: "write" })
    assert.deepInclude(other, { aud: ledger, scope: "read" })
  })

  it("Duende before 4.3: who waits for a refresh gets the access token of whoever began it, whatever it is for", async () => {
    let ahead = 0
    await using client = clientOf(issuer, {
      flow: loopback({ open: async (url) => (await fetch(await visit(url))).ok }),
      target: { audience: orders, scope: "read write" },
      now: () => Date.now() + ahead,
    })
    await client.login()
    ahead = 7_200_000
    const before = issuer.refreshes.length
    const scopes = ["read", "write", "read", "write"]
    const tokens = await Promise.all(scopes.map((scope) => client.token({ audience: orders, scope })))
    assert.deepStrictEqual(
      tokens.map((token) => decodeJwt(token)["scope"]),
      scopes,
    )
    const spent = issuer.refreshes.slice(before)
    assert.deepStrictEqual(
      spent.map(({ outcome }) => outcome),
      ["ok", "ok"],
    )
    assert.strictEqual(new Set(spent.map(({ token }) => token)).size, 2)
  })

  it("Spring keeps exchanged tokens by the principal's name, MSAL the assertion in a field: not by the token", async () => {
    const requests = asked()
    await using client = service(issuer)
    // of one name, with rights of their own
    const reader = await client.token({ audience: orders, scope: "read" })
    const writer = await client.token({ audience: orders, scope: "write" })
    const before = requests()
    const [forReader, forWriter] = await Promise.all([
      client.delegate(reader, { audience: ledger }),
      client.delegate(writer, { audience: ledger }),
    ])
    assert.strictEqual(requests() - before, 2)
    assert.notStrictEqual(forReader, forWriter)
    assert.strictEqual(decodeJwt(forReader).sub, decodeJwt(forWriter).sub)
    assert.strictEqual(decodeJwt(forReader)["scope"], "read")
    assert.notInclude(String(decodeJwt(forWriter)["scope"] ?? ""), "read")
  })
})
