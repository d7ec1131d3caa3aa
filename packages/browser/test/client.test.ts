import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import type { Issuer } from "@bearerkit/issuer"
import { startIssuer } from "@bearerkit/issuer"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { Person } from "@bearerkit/services"
import { mapStorage } from "../../core/test/support/storage.ts"
import { makeClient } from "../src/client.ts"
import {
  type BrowserClientOptions,
  cookie,
  createBrowserClient,
  encryptedIndexedDb,
  type LoginState,
  memory,
  webLocalStorage,
  webSessionStorage,
} from "../src/index.ts"
import { type FakePage, fakePage } from "../src/testing/fake-page.ts"

const redirectUri = "http://127.0.0.1:5555/callback"
const orders = "https://orders.example/api"
const alice = { username: "alice", password: "correct horse battery" }
const scope = "openid offline_access read"

describe("the client of a page", () => {
  let issuer: Issuer
  let options: BrowserClientOptions
  beforeAll(async () => {
    issuer = await startIssuer({
      config: {
        clients: [
          { id: "spa", grants: ["authorization_code", "refresh_token"], redirectUris: [redirectUri] },
          { id: "other", grants: ["authorization_code", "refresh_token"], redirectUris: [redirectUri] },
        ],
        apis: [{ audience: orders, scopes: ["read", "write"], tokenLifetime: 600 }],
        connections: [{ name: "users", strategy: "database", users: [alice] }],
        defaultConnection: "users",
      },
    })
    options = { issuer: issuer.url, clientId: "spa", redirectUri, target: { resource: orders, scope } }
  })
  afterAll(() => issuer.close())

  /** Sends the person to the issuer and lets the page they come back to begin. */
  const signedIn = async (extra: Partial<BrowserClientOptions> = {}) => {
    const before = fakePage("http://127.0.0.1:5555/orders?id=1")
    const first = makeClient({ ...options, ...extra }, () => before)
    await first.login()
    await first.close()
    const page = fakePage(String(await new Person(alice).visit(before.left[0] ?? "")), before.storage)
    const client = makeClient({ ...options, ...extra }, () => page)
    return { client, page, arrival: await client.ready() }
  }
  const statesOf = (client: { subscribe: (listener: (state: LoginState) => void) => () => void }) => {
    const states: Array<string> = []
    client.subscribe(({ status }) => void states.push(status))
    return states
  }
  const wake = (page: FakePage, change: "lost" | "woken" = "woken") => page.listeners.forEach((tell) => tell(change))

  it("says who has signed in, and where they wanted to go", async () => {
    const { client, page, arrival } = await signedIn()
    expect(arrival).toMatchObject({ callback: "completed", status: "signed-in", returnTo: "/orders?id=1" })
    expect(page.url().href).toBe("http://127.0.0.1:5555/orders?id=1")
    expect(client.state()).toMatchObject({ status: "signed-in", ready: true, error: undefined })
    expect(await client.ready()).toBe(arrival)
    expect(await client.credential()).toMatchObject({ type: "Bearer", token: await client.token() })
    await client.close()
  })

  it("tells its listeners what changes and nothing else, and no token", async () => {
    let now = Date.now()
    const { client, page } = await signedIn({ now: () => now })
    const states = statesOf(client)
    wake(page)
    await client.token()
    now += 3_600_000
    wake(page)
    await expect.poll(() => states.at(-1)).toBe("signed-in")
    expect(states).toEqual(["renewing", "signed-in"])
    expect(JSON.stringify(client.state())).not.toContain(await client.token())
    await client.logout()
    expect(states.at(-1)).toBe("signed-out")
    expect(client.state().claims).toBeUndefined()
    await client.close()
  })

  it("keeps the login when the network is lost, also over the end of the token", async () => {
    let now = Date.now()
    let away = false
    const fetch: typeof globalThis.fetch = (...args) =>
      away ? Promise.reject(new TypeError("Failed to fetch")) : globalThis.fetch(...args)
    const { client, page } = await signedIn({ now: () => now, fetch })
    const states = statesOf(client)
    away = true
    page.online = false
    wake(page, "lost")
    expect(client.state().status).toBe("offline")
    now += 3_600_000
    await expect(client.token()).rejects.toMatchObject({ code: "unreachable", retryable: true })
    expect(client.state()).toMatchObject({ status: "offline", error: { code: "unreachable" } })
    away = false
    page.online = true
    wake(page)
    await expect.poll(() => client.state()).toMatchObject({ status: "signed-in", error: undefined })
    expect(states).not.toContain("signed-out")
    expect(states).not.toContain("needs-login")
    await client.close()
  })

  it("calls an API with its token, and once more with a new one when that is refused", async () => {
    const seen: Array<string> = []
    const api = createServer((request, response) => {
      seen.push(request.headers.authorization ?? "")
      response.writeHead(seen.length === 1 ? 401 : 200, { "www-authenticate": 'Bearer error="invalid_token"' })
      response.end(`${request.method} ${request.url}`)
    })
    await new Promise<void>((resolve) => {
      api.listen(0, "127.0.0.1", resolve)
    })
    const origin = `http://127.0.0.1:${(api.address() as AddressInfo).port}`
    const { client } = await signedIn({ apis: { [origin]: { resource: orders, scope } } })
    const response = await client.fetch(`${origin}/orders`, { method: "POST", body: "one" })
    expect([response.status, await response.text()]).toEqual([200, "POST /orders"])
    expect(new Set(seen).size).toBe(2)
    expect(seen.at(-1)).toBe(`Bearer ${await client.token()}`)
    await client.close()
    api.close()
    api.closeAllConnections()
  })

  it("does not ask again and again when the issuer refuses to renew", async () => {
    let now = Date.now()
    let asked = 0
    const fetch: typeof globalThis.fetch = async (input, init) => {
      if (!String(input).endsWith("/token") || now < Date.now() + 1000) return globalThis.fetch(input, init)
      asked += 1
      return Response.json({ error: "invalid_scope" }, { status: 400 })
    }
    const { client, page } = await signedIn({ now: () => now, fetch })
    const states = statesOf(client)
    now += 3_600_000
    wake(page)
    await expect.poll(() => client.state()).toMatchObject({ status: "renewing", error: { code: "invalid_scope" } })
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(asked).toBe(1)
    expect(new Set(states)).toEqual(new Set(["renewing"]))
    await client.close()
  })

  it("lets go of everything when it is closed", async () => {
    const { client, page } = await signedIn()
    expect(page.listeners.size).toBe(1)
    await client.close()
    expect(page.listeners.size).toBe(0)
    await expect(client.token()).rejects.toMatchObject({ code: "closed" })
    await client.close()
  })

  it("is ready and never rejects, at whatever point of its beginning it is closed", async () => {
    for (let turns = 0; turns < 40; turns++) {
      const client = makeClient(options, () => fakePage("http://127.0.0.1:5555/"))
      const ready = client.ready()
      for (let turn = 0; turn < turns; turn++) await undefined
      await client.close()
      expect((await ready).callback).toBe("none")
    }
  })

  it("sends the person nowhere but to the issuer, with PKCE, state and nonce", async () => {
    const storage = mapStorage()
    const page = fakePage("http://127.0.0.1:5555/", storage)
    await using client = makeClient(options, () => page)
    await client.login({ returnTo: "https://evil.example/", acrValues: ["gold"], maxAge: 60_000 })
    const url = new URL(page.left[0] ?? "")
    expect(url.origin).toBe(issuer.url)
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      acr_values: "gold",
      max_age: "60",
    })
    expect(JSON.stringify([...storage.entries])).not.toContain("evil")
  })

  it("hears the other clients of the same application, and no other application's", async () => {
    const [one, two] = [await signedIn(), await signedIn()]
    const stranger = await signedIn({ clientId: "other" })
    await one.client.logout()
    await expect.poll(() => two.client.state().status).toBe("signed-out")
    expect(stranger.client.state().status).toBe("signed-in")
    await Promise.all([one, two, stranger].map(({ client }) => client.close()))
  })

  it("ignores what is no message of ours", async () => {
    const { client } = await signedIn()
    const channel = new BroadcastChannel(`bearerkit:login:${JSON.stringify([issuer.url, "spa"])}`)
    const say = channel.postMessage.bind(channel)
    for (const message of [null, 1, "signed-out", {}, { version: 2, type: "signed-out" }, { version: 1, type: "x" }]) {
      say(message)
    }
    say({ version: 1, type: "signed-in", login: {} })
    await client.token()
    await new Promise((resolve) => setImmediate(resolve))
    expect(client.state().status).toBe("signed-in")
    channel.close()
    await client.close()
  })

  describe("with what other clients got wrong", () => {
    const asked: Array<string> = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      asked.push(String(input))
      return globalThis.fetch(input, init)
    }
    const apis = { "https://api.example.com": { resource: orders, scope } }

    it.each([
      "https://evil.example.net/collect",
      "//evil.example.net/collect",
      "https://api.example.com.evil.com/",
      "https://evil.com/api.example.com/",
      "https://api.example.com@evil.com/",
      "https://api.example.com:444/",
      "http://api.example.com/",
      "/local",
    ])("auth0-spa-js: sends no token to %s", async (url) => {
      const { client } = await signedIn({ apis, fetch })
      asked.length = 0
      await expect(client.fetch(url)).rejects.toMatchObject({ code: "origin_not_allowed" })
      expect(asked).toEqual([])
      await client.close()
    })

    it("auth0-spa-js: parallel targets never send a refresh token twice", async () => {
      const { client } = await signedIn()
      const before = issuer.refreshes.length
      const scopes = ["read", "openid", "openid read"]
      await Promise.all(scopes.map((scope) => client.token({ resource: orders, scope })))
      const sent = issuer.refreshes.slice(before)
      expect(sent.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "ok"])
      expect(new Set(sent.map(({ token }) => token)).size).toBe(3)
      await client.close()
    })

    it("auth0-vue: an error at the callback loses no path and replaces no address by the root", async () => {
      const before = fakePage("http://127.0.0.1:5555/deep/path?x=1")
      await using first = makeClient(options, () => before)
      await first.login()
      const state = new URL(before.left[0] ?? "").searchParams.get("state")
      const page = fakePage(`${redirectUri}?error=access_denied&state=${state}&iss=${issuer.url}`, before.storage)
      await using client = makeClient(options, () => page)
      expect(await client.ready()).toMatchObject({
        callback: "failed",
        returnTo: "/deep/path?x=1",
        error: { code: "access_denied" },
      })
      expect(page.url().href).toBe(redirectUri)
      expect(page.left).toEqual([])
    })
  })

  describe("on a server", () => {
    it.each([memory, webSessionStorage, webLocalStorage, cookie, encryptedIndexedDb])(
      "%o: nobody is signed in",
      async (storage) => {
        await using client = createBrowserClient({ ...options, storage: storage() })
        expect(await client.ready()).toEqual({ callback: "none", status: "signed-out", error: undefined })
        expect(client.state()).toEqual({ status: "signed-out", ready: false, claims: undefined, error: undefined })
        await expect(client.token()).rejects.toMatchObject({ code: "login_required" })
        await expect(client.fetch("/relative")).rejects.toMatchObject({ code: "login_required" })
        await client.login()
        await client.logout({ everywhere: true })
      },
    )
  })

  it.each([
    [{ issuer: "" }, /issuer is missing/],
    [{ clientId: "" }, /clientId is missing/],
    [{ redirectUri: "/callback" }, /redirectUri is not an absolute URL/],
    [{ redirectUri: "https://app.test/#/callback" }, /redirectUri is not an absolute URL/],
    [{ issuer: "issuer.test" }, /issuer is not an absolute URL/],
    [{ postLogoutRedirectUri: "/bye" }, /postLogoutRedirectUri is not an absolute URL/],
    [{ timeout: 0 }, /timeout must be/],
    [{ apis: { "https://api.example/path": {} } }, /is not an origin/],
  ])("refuses wrong options at once: %o", (wrong, message) => {
    expect(() => createBrowserClient({ ...options, ...wrong })).toThrow(message)
  })
})
