import { decodeJwt } from "jose"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"

import { type Issuer, type IssuerConfig } from "../../src/index.ts"
import { delegateAt, form, idTokenOf, JWT_BEARER, PORTAL_SECRET, world } from "../support/delegation.ts"
import { type Answer, type Form, login, ORDERS, post, REPORTS, SECRET, start } from "../support/issuer.ts"

const lines: Array<string> = []
let time = Date.UTC(2026, 0, 1)
let issuer: Issuer

beforeAll(async () => {
  issuer = await start({ config: world, now: () => time, log: (line) => void lines.push(line) })
})
afterAll(() => issuer.close())
beforeEach(() => {
  time += 60_000
})

const idToken = (asked: Form = {}): Promise<string> => idTokenOf(issuer, asked)

const delegate = (asked: Form): Promise<Answer> => delegateAt(issuer, asked)

describe("policy", () => {
  const to = async (target: string) => {
    const { status, body } = await delegate({ id_token: await idToken(), target })
    return { status, error: body["error"] }
  }

  test("no list: every client may; the issuer says so once at start", async () => {
    expect(await to("portal")).toEqual({ status: 200, error: undefined })
    const notes = lines.filter((line) => line.startsWith("note: every client with the grant may delegate to"))
    expect(notes).toHaveLength(1)
    expect(notes[0]).toContain(`${ORDERS}, app, portal, archive;`)
  })

  test("a list restricts to those on it", async () => {
    expect(await to("listed")).toEqual({ status: 200, error: undefined })
    expect(await to("others")).toEqual({ status: 403, error: "unauthorized_client" })
  })

  test("an empty list means nobody, and the refusal says who, for whom, to what", async () => {
    expect(await to("nobody")).toEqual({ status: 403, error: "unauthorized_client" })
    const subject = expect.stringMatching(/^database\|/)
    expect(issuer.refusals.at(-1)).toEqual({
      at: expect.stringMatching(/Z$/),
      client: "app",
      subject,
      target: "nobody",
      reason: "caller_not_allowed",
      grant: "delegation",
    })
    expect(lines).toContainEqual(
      expect.stringMatching(/^delegation refused: app for database\|\w+ to nobody: caller_not_allowed \(delegation\)$/),
    )
  })

  test("who alone may act for a client's people is asked here too; renewing is not acting", async () => {
    const clients = [
      ...world.clients,
      { id: "bound", secret: SECRET, grants: ["oauth-ro", "delegation"], mayAct: "app" },
    ]
    await using other = await start({ config: { ...world, clients } })
    const asked = { client_id: "bound", scope: "openid offline_access", device: "phone" }
    const { body } = await post(other, "/oauth/ro", { ...login, ...asked })
    for (const source of ["id_token", "refresh_token"]) {
      const ask = { client_id: "bound", [source]: String(body[source]) }
      expect(await delegateAt(other, { ...ask, target: "portal" })).toMatchObject({
        status: 403,
        body: { error: "unauthorized_client" },
      })
      expect(other.refusals.at(-1)).toMatchObject({ client: "bound", target: "portal", reason: "actor_not_allowed" })
      expect((await delegateAt(other, ask)).status).toBe(200)
    }
  })

  test("renewing its own token is no delegation", async () => {
    const source = await idToken({ client_id: "nobody" })
    expect((await delegate({ client_id: "nobody", id_token: source })).status).toBe(200)
  })

  test("a token where a name belongs is not in the record", async () => {
    const token = await idToken()
    await delegate({ id_token: token, target: token })
    await delegate({ client_id: token, id_token: token })
    await delegate({ id_token: token, target: `line\nbreak ${token}` })
    expect(JSON.stringify([issuer.refusals, lines])).not.toContain(token.slice(0, 20))
    expect(issuer.refusals.slice(-3).map(({ target, client }) => [client, target])).toEqual([
      ["app", "[hidden]"],
      ["[hidden]", "[hidden]"],
      ["app", "line?break [hidden]"],
    ])
  })
})

describe("a chain", () => {
  const chained: IssuerConfig = {
    ...world,
    clients: [
      { id: "app", secret: SECRET, grants: ["oauth-ro", "delegation"] },
      { id: "portal", secret: PORTAL_SECRET, grants: ["oauth-ro", "delegation"] },
      { id: "orders-api", secret: SECRET, grants: ["token-exchange"], api: ORDERS },
    ],
    maxDelegationDepth: 2,
  }
  let other: Issuer
  let first = ""
  beforeAll(async () => {
    other = await start({ config: chained, now: () => (time += 60_000) })
    const { body } = await post(other, "/oauth/ro", { ...login, client_id: "app", scope: "openid" })
    first = await to("app", String(body["id_token"]), "portal")
  })
  afterAll(() => other.close())

  const ask = (client_id: string, id_token: string, target: string): Promise<Answer> =>
    post(other, "/delegation", { ...form, client_id, id_token, target })
  const to = async (client: string, source: string, target: string): Promise<string> =>
    String((await ask(client, source, target)).body["id_token"])

  test("is known to the audit, the latest caller first", async () => {
    await to("portal", first, ORDERS)
    expect(other.audit.at(-1)).toMatchObject({ audience: ORDERS, actors: ["portal", "app"] })
  })

  test("is bounded, and renewing does not shorten it", async () => {
    const renewed = await to("portal", first, "portal")
    const second = await to("portal", renewed, "app")
    expect(await ask("app", second, "app")).toMatchObject({ status: 200 })
    const third = await ask("app", second, "portal")
    expect(third).toMatchObject({ status: 400, body: { error: "invalid_request" } })
    expect(other.refusals.at(-1)).toMatchObject({ client: "app", target: "portal", reason: "too_deep" })
  })

  test("goes on in a token exchange", async () => {
    const source = String(
      (await post(other, "/oauth/ro", { ...login, client_id: "app", scope: "openid" })).body["id_token"],
    )
    const { body } = await post(other, "/token", {
      client_id: "orders-api",
      client_secret: SECRET,
      grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
      subject_token: await to("app", source, ORDERS),
      subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      audience: REPORTS,
    })
    expect(decodeJwt(String(body["access_token"]))["act"]).toEqual({ sub: "orders-api", act: { sub: "app" } })
  })

  test("is no login: /oauth/ro refuses a delegated ID token", async () => {
    const asked = { client_id: "portal", grant_type: JWT_BEARER, connection: "users", device: "phone" }
    for (const id_token of [first, await to("portal", first, "portal")]) {
      const answer = await post(other, "/oauth/ro", { ...asked, id_token })
      expect(answer).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
      expect(answer.body["error_description"]).toMatch(/was delegated/)
    }
  })

  test("is known to an issuer that remembers nothing of it, by azp", async () => {
    const renewed = await to("portal", first, "portal")
    expect(decodeJwt(renewed)["azp"]).toBe("app")
    await using started = await start({ config: { ...chained, issuer: other.url } })
    const another = { ...started, url: `http://127.0.0.1:${started.port}` }
    const asked = { client_id: "portal", grant_type: JWT_BEARER, connection: "users", device: "phone" }
    for (const id_token of [first, renewed]) {
      const answer = await post(another, "/oauth/ro", { ...asked, id_token })
      expect(answer).toMatchObject({ status: 400, body: { error: "invalid_grant" } })
      expect(answer.body["error_description"]).toMatch(/was delegated/)
      await post(another, "/delegation", { ...form, client_id: "portal", id_token, target: ORDERS })
      expect(another.audit.at(-1)).toMatchObject({ audience: ORDERS, actors: ["portal", "app"] })
    }
  })

  test("does not begin by renewing: such an ID token logs in again", async () => {
    const source = await idTokenOf(other)
    const renewed = await to("app", await to("app", source, "app"), "app")
    const asked = { client_id: "app", grant_type: JWT_BEARER, connection: "users", device: "phone", id_token: renewed }
    expect((await post(other, "/oauth/ro", asked)).status).toBe(200)
  })
})

describe("rate", () => {
  afterEach(() => {
    time += 60_000
  })

  test("ten a minute for one person from one address, whoever asks", async () => {
    const source = await idToken()
    const statuses: Array<number> = []
    for (let index = 0; index < 10; index++) {
      const { status, headers } = await delegate({ id_token: source, target: index % 2 === 0 ? "portal" : "archive" })
      expect(headers.get("x-ratelimit-limit")).toBe("10")
      expect(headers.get("x-ratelimit-remaining")).toBe(String(9 - index))
      expect(headers.get("x-ratelimit-reset")).toBe(String(time / 1000 + 6))
      statuses.push(status)
    }
    expect(statuses).toEqual(Array(10).fill(200))
    const refused = await delegate({ id_token: source })
    expect(refused).toMatchObject({ status: 429, body: { error: "too_many_requests" } })
    expect(refused.body["message"]).toMatch(/^Too many requests\. Check the X-RateLimit-Limit/)
    expect(refused.headers.get("retry-after")).toBe("6")
    time += 6_000
    expect((await delegate({ id_token: source })).status).toBe(200)
    expect((await delegate({ id_token: source })).status).toBe(429)
  })
})
