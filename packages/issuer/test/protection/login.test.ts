import { afterEach, beforeEach, describe, expect, test } from "vitest"

import type { Connection } from "../../src/connection/connection.ts"
import { type Issuer } from "../../src/index.ts"
import { makeLogin } from "../../src/protection/login.ts"
import { type Answer, config, login, PASSWORD, post, SECRET, start, token } from "../support/issuer.ts"

const MINUTE = 60_000
let time = Date.UTC(2026, 0, 1)
let issuer: Issuer

beforeEach(async () => {
  const proxy = { id: "proxy", secret: SECRET, grants: ["oauth-ro"], forwardedFor: true }
  issuer = await start({ now: () => time, config: { ...config, clients: [...config.clients, proxy] } })
})
afterEach(() => issuer.close())

const ask = (form: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  post(issuer, "/oauth/ro", { ...login, ...form })

const times = async (count: number, run: () => Promise<Answer>): Promise<ReadonlyArray<number>> => {
  const statuses: Array<number> = []
  for (let index = 0; index < count; index++) statuses.push((await run()).status)
  return statuses
}

describe("wrong passwords", () => {
  test("ten in a row, however the name is spelled, block that account until the block ends", async () => {
    expect(await times(9, () => ask({ password: "x" }))).toEqual(Array(9).fill(401))
    expect((await ask({ username: " ALICE ", password: "x" })).status).toBe(401)
    const blocked = await ask()
    expect(blocked).toMatchObject({ status: 429, body: { error: "too_many_attempts" } })
    expect(blocked.headers.get("retry-after")).toBe("900")
    expect((await ask({ username: "mallory" })).body["error"]).toBe("unauthorized")
    time += 14 * MINUTE
    expect((await ask()).status).toBe(429)
    time += MINUTE
    expect((await ask()).status).toBe(200)
  })

  test("the e-mail address and the user name are one account", async () => {
    expect(await times(5, () => ask({ password: "x" }))).toEqual(Array(5).fill(401))
    const byAddress = { username: "alice@example.test" }
    expect(await times(5, () => ask({ ...byAddress, password: "x" }))).toEqual(Array(5).fill(401))
    expect((await ask(byAddress)).body["error"]).toBe("too_many_attempts")
    expect((await ask()).body["error"]).toBe("too_many_attempts")
  })

  test("a name that nobody has is blocked in every spelling too, or the block would tell who exists", async () => {
    expect(await times(10, () => ask({ username: "nobody" }))).toEqual(Array(10).fill(401))
    expect((await ask({ username: " ＮOBODY" })).body["error"]).toBe("too_many_attempts")
  })

  test("a right password starts the count again", async () => {
    await times(9, () => ask({ password: "x" }))
    expect((await ask()).status).toBe(200)
    time += 2 * MINUTE
    expect(await times(10, () => ask({ password: "x" }))).toEqual(Array(10).fill(401))
  })

  test("guesses sent at once are counted one by one", async () => {
    const answers = await Promise.all(Array.from({ length: 15 }, () => ask({ password: "x" })))
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(5)
  })

  test("all endpoints count together", async () => {
    const alice = { username: "alice", password: "x" }
    await times(5, () => token(issuer, { grant_type: "password", ...alice }))
    await times(5, () =>
      token(issuer, { grant_type: "http://auth0.com/oauth/grant-type/password-realm", realm: "users", ...alice }),
    )
    expect((await ask()).body["error"]).toBe("too_many_attempts")
    const atToken = await token(issuer, { grant_type: "password", username: "alice", password: PASSWORD })
    expect(atToken).toMatchObject({ status: 429, body: { error: "too_many_attempts" } })
    expect(atToken.headers.get("retry-after")).toBe("900")
  })

  test("the block is for one address; only an authenticated client may forward another", async () => {
    const from = (address: string, form: Readonly<Record<string, string>>) =>
      fetch(`${issuer.url}/oauth/ro`, {
        method: "POST",
        headers: { "auth0-forwarded-for": address },
        body: new URLSearchParams({ ...login, client_id: "proxy", ...form }),
      }).then(({ status }) => status)
    const proven = { client_secret: SECRET }
    for (let index = 0; index < 10; index++) await from("203.0.113.7", { ...proven, password: "x" })
    expect(await from("203.0.113.7", proven)).toBe(429)
    expect(await from("203.0.113.8", proven)).toBe(200)
    expect(await from("203.0.113.7", {})).toBe(200)
    expect(await from("203.0.113.7", { client_id: "service", client_secret: SECRET })).toBe(200)
  })
})

test("a right password of somebody blocked is refused, whatever the directory makes of it", async () => {
  const account = { sub: "ldap|1", connection: "ad", blocked: true, profile: { username: "carol" } }
  const connection: Connection = {
    name: "ad",
    strategy: "ldap",
    disabled: false,
    identify: async () => ({ person: "1", authenticate: async () => account }),
    find: async () => account,
    close: async () => {},
  }
  const logIn = makeLogin({ now: () => time, log: () => {} })
  const { outcome } = await logIn({ connection, username: "carol", password: PASSWORD, ip: "127.0.0.1" })
  expect(outcome).toMatchObject({ status: 401, error: "unauthorized", description: "user is blocked" })
})

describe("login rate", () => {
  const rate = ({ headers }: Answer) => ({
    limit: headers.get("x-ratelimit-limit"),
    remaining: headers.get("x-ratelimit-remaining"),
    reset: Number(headers.get("x-ratelimit-reset")),
  })

  test("every login says how many are left and when the next one comes", async () => {
    expect(rate(await ask())).toEqual({ limit: "20", remaining: "19", reset: time / 1000 + 6 })
    expect(rate(await ask({ password: "x" }))).toMatchObject({ remaining: "18" })
  })

  test("twenty at once, then ten a minute", async () => {
    expect(await times(20, ask)).toEqual(Array(20).fill(200))
    const refused = await ask()
    expect(refused).toMatchObject({ status: 429, body: { error: "too_many_logins" } })
    expect(rate(refused)).toEqual({ limit: "20", remaining: "0", reset: time / 1000 + 6 })
    expect(refused.headers.get("retry-after")).toBe("6")
    time += MINUTE
    expect(await times(11, ask)).toEqual([...Array<number>(10).fill(200), 429])
  })
})

describe("logins at the same time", () => {
  const held: Array<() => void> = []
  const connection = {
    name: "slow",
    identify: async (username: string) => ({
      person: username,
      authenticate: () => new Promise((resolve) => held.push(() => resolve({ sub: username, blocked: false }))),
    }),
  } as unknown as Connection
  const statusOf = ({ outcome }: Awaited<ReturnType<ReturnType<typeof makeLogin>>>): number =>
    "status" in outcome ? outcome.status : 200

  test("are bounded, so that a flood of made-up names from one address keeps nobody else waiting", async () => {
    const login = makeLogin({ now: () => time, log: () => {} })
    const ask = (username: string, ip: string) => login({ connection, username, password: "x", ip })
    const flood = Array.from({ length: 1000 }, (_, n) => ask(`nobody-${n}`, "192.0.2.1"))
    const refused = await Promise.race(flood)
    expect(refused.outcome).toMatchObject({ status: 503, error: "temporarily_unavailable", retryAfter: 5 })
    const others = Array.from({ length: 32 }, (_, n) => ask(`alice-${n}`, `198.51.100.${n}`))
    const late = await ask("late", "203.0.113.1")
    expect(statusOf(late)).toBe(503)
    for (const finish of held) finish()
    expect((await Promise.all(others)).map(statusOf)).toEqual(Array(32).fill(200))
    const statuses = (await Promise.all(flood)).map(statusOf)
    expect(statuses.filter((status) => status === 200)).toHaveLength(32)
    held.length = 0
    const again = ask("late", "192.0.2.1")
    while (held.length === 0) await Promise.resolve()
    held[0]?.()
    expect(statusOf(await again)).toBe(200)
  })
})
