import type { Issuer } from "@bearerkit/issuer"
import { decodeJwt } from "jose"
import { afterAll, assert, beforeAll, describe, expectTypeOf, it } from "vitest"
import {
  type ClientEvent,
  type ClientOptions,
  clientCredentials,
  clientSecretBasic,
  fileStorage,
  memoryStorage,
  securityToken,
  supplied,
  tokenExchange,
} from "../src/index.ts"
import { caught, clientOf, orders, service, startPeopleIssuer } from "./support/world.ts"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const ledger = "https://ledger.example"
let issuer: Issuer
beforeAll(async () => {
  issuer = await startPeopleIssuer()
})
afterAll(() => issuer.close())

/** The API that the tokens are for. */
const api = (options: Partial<ClientOptions> = {}) => service(issuer, { verify: { audience: orders }, ...options })

describe("verify", () => {
  it("says who calls, with the issuer's own keys, fetched once", async () => {
    await using client = api({ target: { audience: orders, scope: "read" } })
    const token = await client.token()
    const before = issuer.countRequests("/jwks")
    const principals = await Promise.all(Array.from({ length: 20 }, () => client.verify(token)))
    assert.deepInclude(principals[0], { subject: "service", clientId: "service", scopes: ["read"], issuer: issuer.url })
    assert.strictEqual(issuer.countRequests("/jwks"), before + 1)
  })

  it("refuses another API's token and text that is none, and needs to be told which API this is", async () => {
    await using client = api()
    const token = await client.token({ audience: ledger })
    assert.strictEqual((await caught(client.verify(token))).code, "claim_mismatch")
    const opaque = await caught(client.verify("x"))
    assert.strictEqual(opaque.code, "malformed_token")
    assert.match(opaque.message, /three non-empty parts.* with this API's audience.* opaque/)
    const reason = new Error("enough")
    const signal = AbortSignal.abort(reason)
    assert.strictEqual(await client.verify(token, { signal }).catch((error: unknown) => error), reason)
    await using other = service(issuer)
    assert.match((await caught(other.verify(token))).message, /Say what this API is called: verify: { audience }/)
  })
})

describe("minTtl", () => {
  it("has a token that ends sooner renewed, once for each time that it is asked for", async () => {
    await using client = service(issuer, { target: { audience: orders } })
    const { token: first, expiresAt } = await client.credential()
    const left = expiresAt - Date.now()
    assert.strictEqual((await client.credential(undefined, { minTtl: left - 60_000 })).token, first)
    const before = issuer.countRequests("/token")
    assert.notStrictEqual((await client.credential(undefined, { minTtl: left + 60_000 })).token, first)
    assert.strictEqual(issuer.countRequests("/token"), before + 1)
  })

  it("asks for no second token where it is not given and the issuer says that its tokens end at once", async () => {
    const short: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      if (!String(input).endsWith("/token")) return answer
      return Response.json({ ...((await answer.json()) as object), expires_in: 0 })
    }
    await using client = service(issuer, { target: { audience: orders }, fetch: short })
    const before = issuer.countRequests("/token")
    await client.token()
    assert.strictEqual(issuer.countRequests("/token"), before + 1)
  })
})

describe("a store", () => {
  it("is where the next client finds the tokens of the last one", async () => {
    const directory = mkdtempSync(join(tmpdir(), "bearerkit-client-"))
    const storage = fileStorage({ directory: join(directory, "tokens") })
    const before = issuer.countRequests("/token")
    const tokens: Array<string> = []
    for (let run = 0; run < 3; run++) {
      await using client = service(issuer, { storage })
      tokens.push(await client.token({ audience: orders }))
    }
    assert.strictEqual(new Set(tokens).size, 1)
    assert.strictEqual(issuer.countRequests("/token"), before + 1)
    rmSync(directory, { recursive: true })
  })

  it("of one client is no other's", async () => {
    const storage = memoryStorage()
    await using one = service(issuer, { storage })
    await using other = service(issuer, { storage })
    assert.notStrictEqual(await one.token(), await other.token())
  })
})

describe("flows with a token at hand", () => {
  it("trades it as the client's own flow, or on behalf of whose it is", async () => {
    await using client = service(issuer)
    const subject = await client.token({ audience: orders, scope: "read" })
    const flow = tokenExchange({ subject: securityToken(subject) })
    await using trading = service(issuer, { flow })
    const traded = decodeJwt(await trading.token({ audience: ledger, scope: "read" }))
    const delegated = decodeJwt(await client.delegate(subject, { audience: ledger, scope: "read" }))
    assert.strictEqual(traded.aud, ledger)
    assert.strictEqual(delegated.aud, ledger)
    assert.strictEqual(traded.sub, delegated.sub)
  })

  it("trades it for allowed targets only, where they are listed", async () => {
    await using client = service(issuer, { delegation: { allowedTargets: [ledger] } })
    const subject = await client.token({ audience: orders, scope: "read" })
    assert.strictEqual(decodeJwt(await client.delegate(subject, { audience: ledger })).aud, ledger)
    const refused = await caught(client.delegate(subject, { audience: orders }))
    assert.strictEqual(refused.code, "delegation_not_allowed")
    assert.match(refused.message, /orders\.example/)
  })

  it("throws at once for what cannot be a token, without repeating it", () => {
    assert.throws(() => securityToken("Bearer abc"), /The option token/)
    assert.throws(() => securityToken(""), /The option token/)
  })

  it("hands a supplied one on", async () => {
    const flow = supplied({ subject: "the gateway", token: async () => "from-the-gateway" })
    await using client = clientOf(issuer, { clientId: "x", flow })
    assert.strictEqual(await client.token(), "from-the-gateway")
  })
})

describe("events", () => {
  it("tell of each request, with no token in them, and are nobody's trouble", async () => {
    const events: Array<ClientEvent> = []
    const onEvent = (event: ClientEvent) => {
      events.push(event)
      throw new Error("a listener that breaks")
    }
    await using client = service(issuer, { onEvent })
    const token = await client.token({ audience: orders, scope: "read" })
    await client.token({ audience: orders, scope: "read" })
    await using refused = service(issuer, {
      onEvent,
      clientAuth: clientSecretBasic("wrong"),
      flow: clientCredentials(),
    })
    await caught(refused.token())
    const tokens = events.filter((event) => event.type === "span" && event.name === "oauth.token")
    assert.strictEqual(tokens.length, 2)
    assert.deepInclude(tokens[1], { failure: "invalid_client" })
    assert.notInclude(JSON.stringify(events), token)
    for (const secret of issuer.minted) assert.notInclude(JSON.stringify(events), secret)
  })

  it("are told apart by their type", () => {
    expectTypeOf<ClientEvent["type"]>().toEqualTypeOf<
      "chain-answered" | "count" | "signed-in" | "signed-out" | "span" | "warning"
    >()
  })
})
