import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { Person } from "@bearerkit/services"
import { renderToString } from "@vue/server-renderer"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest"
import { createSSRApp, h } from "vue"
import { makeClient } from "../../browser/src/client.ts"
import { type BrowserClientOptions, tokenExchange } from "../../browser/src/index.ts"
import { fakePage } from "../../browser/src/testing/fake-page.ts"
import { startServer, type TestServer } from "../../core/test/support/server.ts"
import { noteMinted } from "../../../scripts/leaks/note.ts"
import { findLeaks } from "../../../scripts/leaks/search.ts"
import { makeAuth } from "../src/create-auth.ts"
import { makeAuthDevtools } from "../src/devtools/auth-devtools.ts"
import { authDevtools } from "../src/devtools/index.ts"
import { type Auth, type Claims, createAuth, useAuth } from "../src/index.ts"
import { mounted } from "./support/mounted.ts"
import { type RecordingDevtools, recordingDevtools } from "./support/recording-devtools.ts"

const orders = "https://orders.example"
const reports = "https://reports.example"
const redirectUri = "http://127.0.0.1:5556/callback"
const alice = { username: "alice", password: "correct horse battery" }
/** Of a token request. */
const secretFields: ReadonlySet<string> = new Set(["code", "code_verifier", "refresh_token", "subject_token"])
const target = { audience: orders, scope: "openid email offline_access read" }

describe("the panel of Vue's devtools", () => {
  let issuer: Issuer
  let api: TestServer
  beforeAll(async () => {
    issuer = await startIssuer({ config, collectSecrets: true })
    noteMinted(issuer.minted)
    api = await startServer(({ url = "" }, response) => {
      if (url.startsWith("/forbidden")) response.writeHead(401, { "www-authenticate": 'Bearer error="invalid_token"' })
      response.end("served")
    })
  })
  afterAll(async () => {
    await issuer.close()
    await api[Symbol.asyncDispose]()
  })

  interface World extends Disposable {
    readonly auth: Auth
    readonly devtools: RecordingDevtools
    /** Lets time go by, and wakes the page. */
    readonly advance: (millis: number) => void
    /** What was sent to the issuer or came back from it, and must not be shown. */
    readonly secrets: Array<string>
    /** Answers token requests in the place of the issuer. */
    trouble: ((sent: string) => Promise<Response>) | undefined
  }

  /** An application to which somebody comes back from the issuer's login page; its panel is opened unless it is said. */
  const arrived = async ({ opens = true } = {}): Promise<World> => {
    const secrets: Array<string> = []
    let offset = 0
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const sent = String(init?.body ?? "")
      const isToken = String(input).endsWith("/token")
      for (const [name, value] of new URLSearchParams(sent)) if (secretFields.has(name)) secrets.push(value)
      return isToken && world.trouble !== undefined ? world.trouble(sent) : globalThis.fetch(input, init)
    }
    const options: BrowserClientOptions = {
      issuer: issuer.url,
      clientId: "page",
      redirectUri,
      target,
      apis: { [api.url]: target },
      delegation: tokenExchange(),
      now: () => Date.now() + offset,
      fetch,
    }
    const before = fakePage("http://127.0.0.1:5556/")
    await using leaving = makeClient(options, () => before)
    await leaving.login({ prompt: "consent", returnTo: "/account?private=query" })
    const request = new URL(before.left[0] ?? "")
    const answer = new URL(String(await new Person(alice).visit(request.href)))
    for (const name of ["state", "nonce", "code_challenge"]) secrets.push(request.searchParams.get(name) ?? "")
    secrets.push(answer.searchParams.get("code") ?? "", answer.href)

    const page = fakePage(answer.href, before.storage)
    const devtools = recordingDevtools()
    const panel = makeAuthDevtools(devtools.setup)
    const client = makeClient({ ...options, observer: panel.observer }, () => page)
    const auth = makeAuth<Claims>(client, { redirectUri, target, devtools: panel })
    const { app } = mounted([auth], useAuth)
    if (opens) devtools.open()
    const world: World = {
      auth,
      devtools,
      advance: (millis) => {
        offset += millis
        page.listeners.forEach((listener) => listener("woken"))
      },
      secrets,
      trouble: undefined,
      [Symbol.dispose]: () => app.unmount(),
    }
    await auth.ready
    return world
  }
  const titles = ({ devtools }: World) => devtools.events.map(({ event }) => event.title)
  const status = ({ auth }: World) => auth.state.value.status

  it("shows who is signed in, and the tokens by target with the time they have left", async () => {
    using world = await arrived()
    const { devtools, auth } = world
    await auth.token()
    const [login, token] = devtools.tree()
    expect(login).toMatchObject({ id: "login", label: "alice@users.example", tags: [{ label: "signed-in" }] })
    expect(devtools.state("login")).toMatchObject({
      login: [
        { key: "status", value: "signed-in" },
        { key: "ready", value: true },
      ],
      user: expect.arrayContaining([{ key: "email", value: "alice@users.example" }]),
    })
    expect(token).toMatchObject({
      label: `${orders} email offline_access openid read`,
      tags: [{ label: expect.stringMatching(/^\d+ s$/) }],
    })
    expect(devtools.state(token?.id ?? "")).toMatchObject({
      target: expect.arrayContaining([{ key: "audiences", value: [orders] }]),
      token: expect.arrayContaining([{ key: "type", value: "Bearer" }]),
    })
    await auth.delegate({ audience: reports })
    expect(devtools.tree().map(({ label }) => label)).toContain(reports)
    expect(devtools.tree("nothing has this name").map(({ id }) => id)).toEqual(["login", "problems", "activity"])
    await auth.logout()
    expect(devtools.tree()[0]).toMatchObject({ label: "Nobody is signed in", tags: [{ label: "signed-out" }] })
    expect(devtools.tree().map(({ id }) => id)).toEqual(["login", "problems", "activity"])
  })

  it("has a timeline: sign-in, acquire, call, renew, delegate, failures, sign-out; each with how long it took", async () => {
    using world = await arrived()
    const { devtools, auth } = world
    expect(devtools.layers).toEqual(["bearerkit:login", "bearerkit:tokens", "bearerkit:calls", "bearerkit:issuer"])
    expect(titles(world)).toEqual(expect.arrayContaining(["acquire", "sign-in"]))
    await auth.fetch(`${api.url}/forbidden?which=secret`)
    void world.advance(61_000)
    await expect.poll(() => titles(world)).toContain("renew")
    await auth.delegate({ audience: reports })
    world.trouble = () => Promise.reject(new TypeError("no network"))
    void world.advance(61_000)
    await expect(auth.token()).rejects.toMatchObject({ code: "unreachable" })
    await expect.poll(() => status(world)).toBe("offline")
    world.trouble = undefined
    await auth.logout()
    expect(titles(world)).toEqual(
      expect.arrayContaining([
        "call",
        "call again with a new token",
        "delegate",
        "renew failed",
        "offline",
        "sign-out",
      ]),
    )
    const call = devtools.events.find(({ event }) => event.title === "call")
    expect(call).toMatchObject({
      layerId: "bearerkit:calls",
      event: {
        logType: "warning",
        subtitle: expect.stringMatching(new RegExp(`^GET · ${api.url} · 401 · \\d+ ms$`)),
        data: { method: "GET", origin: api.url, status: 401, duration: expect.any(Number) },
      },
    })
    const failed = devtools.events.find(({ event }) => event.title === "renew failed")
    expect(failed?.event).toMatchObject({ logType: "error", data: { error: "unreachable", audience: orders } })
    expect(devtools.tree().find(({ id }) => id === "problems")).toMatchObject({
      tags: [{ label: expect.stringMatching(/^\d+$/) }],
    })
    expect(devtools.state("problems")["problems"]?.map(({ value }) => value)).toContainEqual(
      expect.objectContaining({ _custom: expect.objectContaining({ display: "unreachable" }) }),
    )
    expect(devtools.state("activity")["counters"]).toContainEqual({ key: "api_retry", value: 1 })
  })

  it("is handed no token, code, secret or query, whatever happens", async () => {
    using world = await arrived()
    const { devtools, auth, secrets } = world
    secrets.push(await auth.token(), (await auth.fetch(`${api.url}/invoices?card=4111-1111-1111-1111`)).url)
    await auth.fetch(`${api.url}/forbidden`)
    devtools.handedOver()
    void world.advance(61_000)
    await expect.poll(() => titles(world)).toContain("renew")
    secrets.push(await auth.token(), await auth.delegate({ audience: reports }))
    devtools.handedOver()
    // an issuer that repeats all that it was sent
    world.trouble = async (sent) =>
      Response.json({ error: "invalid_request", error_description: `refused: ${sent}` }, { status: 400 })
    void world.advance(61_000)
    await expect(auth.token()).rejects.toMatchObject({ code: expect.any(String) })
    await expect(auth.delegate({ audience: reports, scope: "all" })).rejects.toMatchObject({ code: expect.any(String) })
    devtools.handedOver()
    world.trouble = undefined
    await auth.logout()
    const text = devtools.handedOver()
    expect(text.length).toBeGreaterThan(5_000)
    const shown = [{ where: "the devtools", text }]
    const all = [...issuer.minted, ...secrets].filter((value) => value.length >= 8)
    expect(all.length).toBeGreaterThan(12)
    expect(all.filter((value) => text.includes(value))).toEqual([])
    expect(
      findLeaks(
        all.map((value) => ({ kind: "a secret", value })),
        shown,
      ),
    ).toEqual([])
    const found = (parts: ReadonlyArray<string>) => parts.filter((part) => text.includes(part))
    expect(found(["4111-1111", "private=query", "code=", "/invoices", "/forbidden"])).toEqual([])
    // what must be there, so that the search means something
    const known = [orders, reports, api.url, "alice@users.example", "refused: grant_type="]
    expect(found(known)).toEqual(known)
  })

  it("tells a panel that is opened later what has happened before", async () => {
    using world = await arrived({ opens: false })
    expect([world.devtools.events, world.devtools.layers]).toEqual([[], []])
    world.devtools.open()
    expect(titles(world)).toEqual(expect.arrayContaining(["acquire", "sign-in"]))
  })

  describe("ends with the application", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }))
    afterEach(() => void vi.useRealTimers())

    it("of which nothing is told any more, by no timer either", async () => {
      const world = await arrived()
      const before = world.devtools.looks()
      vi.advanceTimersByTime(3_000)
      expect(world.devtools.looks()).toBe(before + 3)
      world[Symbol.dispose]()
      await world.auth.close()
      const [looks, events] = [world.devtools.looks(), world.devtools.events.length]
      vi.advanceTimersByTime(10_000)
      expect([world.devtools.looks(), world.devtools.events.length, vi.getTimerCount()]).toEqual([looks, events, 0])
    })

    it("also for a panel that is opened later", async () => {
      const { devtools, auth, [Symbol.dispose]: unmount } = await arrived({ opens: false })
      unmount()
      await auth.close()
      devtools.open()
      expect([vi.getTimerCount(), devtools.layers]).toEqual([0, []])
    })
  })

  it("does nothing on a server", async () => {
    const auth = createAuth({ issuer: issuer.url, clientId: "page", redirectUri, devtools: authDevtools() })
    const page = createSSRApp({ render: () => h("p", auth.state.value.status) }).use(auth)
    expect(await renderToString(page)).toBe("<p>signed-out</p>")
  })
})

const config = {
  clients: [
    {
      id: "page",
      auth: "none" as const,
      grants: ["authorization_code", "refresh_token", "token-exchange"] as const,
      redirectUris: [redirectUri],
    },
  ],
  connections: [
    {
      name: "users",
      strategy: "database" as const,
      users: [{ ...alice, email: "alice@users.example" }],
    },
  ],
  defaultConnection: "users",
  apis: [
    { audience: orders, scopes: ["read"], tokenLifetime: 60 },
    { audience: reports, scopes: ["all"] },
  ],
}
