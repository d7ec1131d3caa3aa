import type { Issuer } from "@bearerkit/issuer"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { request } from "node:http"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { inspect } from "node:util"
import { afterAll, assert, beforeAll, describe, expectTypeOf, it } from "vitest"
import {
  type ClientEvent,
  type ClientOptions,
  clientCredentials,
  fileStorage,
  loopback,
  type LoopbackOptions,
} from "../../src/index.ts"
import { caught, clientOf, orders, service, startPeopleIssuer, visit } from "../support/world.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await startPeopleIssuer()
})
afterAll(() => issuer.close())

interface Answer {
  readonly status: number
  readonly body: string
  readonly headers: Record<string, unknown>
}

/** What a browser gets, or the code of why it gets nothing. */
const get = (url: string, options: { readonly method?: string; readonly host?: string } = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { method = "GET", host = new URL(url).host } = options
    request(url, { method, headers: { host }, agent: false }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (text: string) => (body += text))
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body, headers: response.headers }))
    })
      .on("error", reject)
      .end()
  })

const codeOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "an answer",
    (error: NodeJS.ErrnoException) => error.code,
  )

/** A login whose browser does what it is told, and what it saw in the end. */
const browsing = (browse: (url: string) => Promise<Answer>, options: LoopbackOptions = {}) => {
  const seen = Promise.withResolvers<Answer>()
  const flow = loopback({
    open: (url) => {
      browse(url).then(seen.resolve, seen.reject)
      return true
    },
    ...options,
  })
  return { flow, seen: seen.promise }
}
const loginsIn = (events: ReadonlyArray<ClientEvent>) =>
  events.map(({ type }) => type).filter((type) => type.startsWith("signed"))

const desktop = (options: Partial<ClientOptions>) =>
  clientOf(issuer, { target: { audience: orders, scope: "read" }, ...options })

describe("a login by loopback", () => {
  for (const host of ["127.0.0.1", "::1"] as const) {
    it(`brings the user, with the token as a property, back to ${host}`, async () => {
      let address = ""
      const browse = async (url: string) => get((address = await visit(url)))
      const { flow, seen } = browsing(browse, { host })
      const events: Array<ClientEvent> = []
      await using client = desktop({ flow, onEvent: (event) => void events.push(event) })
      assert.isUndefined(await client.user())
      const { user } = await client.login()
      expectTypeOf(user.idToken).toEqualTypeOf<string>()
      assert.strictEqual(user.idToken.split(".").length, 3)
      assert.strictEqual(user.subject, user.claims.sub)
      assert.include(address, host === "::1" ? "http://[::1]:" : "http://127.0.0.1:")
      const page = await seen
      assert.strictEqual(page.status, 200)
      assert.match(page.body, /You are signed in.*You can close this window/)
      assert.strictEqual(page.headers["content-security-policy"], "default-src 'none'; frame-ancestors 'none'")
      assert.strictEqual(page.headers["cache-control"], "no-store")
      assert.deepStrictEqual(loginsIn(events), ["signed-in"])
      assert.strictEqual(await codeOf(get(address)), "ECONNREFUSED")

      const before = issuer.countRequests("/token")
      assert.isString(await client.token())
      assert.strictEqual(issuer.countRequests("/token"), before)
      assert.strictEqual((await client.user())?.idToken, user.idToken)
    })
  }

  it("prints no token, whatever prints the user, and neither in events nor in the page", async () => {
    const { flow, seen } = browsing(async (url) => get(await visit(url)))
    const events: Array<ClientEvent> = []
    await using client = desktop({ flow, onEvent: (event) => void events.push(event) })
    const { user } = await client.login()
    await client.token({ audience: orders, scope: "read write" }).catch(() => undefined)
    const page = await seen
    const printed = [
      JSON.stringify(user),
      inspect(user, { depth: 9, showHidden: true, getters: true }),
      String(user),
      JSON.stringify({ ...user }),
      JSON.stringify(structuredClone(user)),
      JSON.stringify(events),
      page.body,
      JSON.stringify(page.headers),
    ].join(" ")
    for (const secret of issuer.minted) assert.notInclude(printed, secret)
  })

  it("is renewed, and ends with logout, which the issuer hears of", async () => {
    const { flow } = browsing(async (url) => get(await visit(url)))
    const events: Array<ClientEvent> = []
    await using client = desktop({
      flow,
      target: { audience: orders, scope: "read write" },
      onEvent: (event) => void events.push(event),
    })
    await client.login()
    const before = issuer.refreshes.length
    await client.token({ audience: orders, scope: "write" })
    assert.deepInclude(issuer.refreshes.at(-1), { client: "desktop", outcome: "ok" })
    assert.strictEqual(issuer.refreshes.length, before + 1)
    const revocations = issuer.countRequests("/revoke")
    await client.logout()
    assert.strictEqual(issuer.countRequests("/revoke"), revocations + 1)
    assert.isUndefined(await client.user())
    assert.strictEqual((await caught(client.token())).code, "login_required")
    assert.deepStrictEqual(loginsIn(events), ["signed-in", "signed-out"])
  })

  it("answers only a GET of its path and name with its state; all else changes nothing", async () => {
    const trials: Array<number> = []
    const browse = async (url: string) => {
      const address = await visit(url)
      const { origin, host, searchParams } = new URL(address)
      const code = searchParams.get("code")
      for (const [at, options] of [
        [`${origin}/`],
        [`${origin}/callback/`],
        [`${origin}/favicon.ico`],
        [address, { method: "POST" }],
        [address, { host: `evil.example:${new URL(address).port}` }],
        [address, { host: `localhost:${new URL(address).port}` }],
        [`${origin}/callback`],
        [`${origin}/callback?code=${code}&state=guessed`],
        [`${origin}/callback?error=access_denied&error_description=no`],
        [`${origin}/callback?error=access_denied&state=guessed`],
        [`${address}&state=twice`],
        [`${origin}/callback?${"x".repeat(60_000)}`],
      ] as ReadonlyArray<readonly [string, { method?: string; host?: string }?]>) {
        const answer = await get(at, options)
        trials.push(answer.status)
        assert.notInclude(answer.body, "signed in<")
        assert.notInclude(answer.body, code ?? "no code")
      }
      assert.strictEqual(host, new URL(address).host)
      return get(address)
    }
    const { flow, seen } = browsing(browse)
    await using client = desktop({ flow })
    await client.login()
    assert.strictEqual((await seen).status, 200)
    assert.deepStrictEqual(trials, [404, 404, 404, 404, 404, 404, 400, 400, 400, 400, 400, 400])
  })

  it("says so, here and in the browser, when the person declines", async () => {
    const { flow, seen } = browsing(async (url) => get(await visit(url, "refuse")))
    await using client = desktop({ flow })
    const error = await caught(client.login())
    assert.strictEqual(error.code, "access_denied")
    const page = await seen
    assert.strictEqual(page.status, 400)
    assert.match(page.body, /You are not signed in/)
    assert.isUndefined(await client.user())
  })

  it("shows the address when no browser can be opened", async () => {
    for (const open of [() => false, () => Promise.reject(new Error("no display"))]) {
      const flow = loopback({ open, onUrl: (url) => void visit(url).then((address) => get(address)) })
      await using client = desktop({ flow })
      assert.isString((await client.login()).user.idToken)
    }
  })

  it("ends with what showing the address fails with, as nobody can come back then", async () => {
    const reason = new Error("no screen")
    const fail = () => {
      throw reason
    }
    for (const onUrl of [fail, () => Promise.reject(reason)]) {
      await using client = desktop({ flow: loopback({ open: () => false, onUrl }) })
      assert.strictEqual(await client.login().catch((error: unknown) => error), reason)
    }
  })

  it("has the refresh token revoked that cannot be kept", async () => {
    const directory = join(mkdtempSync(join(tmpdir(), "bearerkit-")), "file")
    writeFileSync(directory, "not a directory")
    const { flow } = browsing(async (url) => get(await visit(url)))
    const before = issuer.countRequests("/revoke")
    const client = desktop({ flow, storage: fileStorage({ directory }), onEvent: () => {} })
    assert.strictEqual((await caught(client.login())).code, "store_unavailable")
    await client.close()
    assert.strictEqual(issuer.countRequests("/revoke"), before + 1)
    rmSync(dirname(directory), { recursive: true })
  })

  it("gives up after its time, and on a signal with its reason; then nobody listens any more", async () => {
    const urls: Array<string> = []
    await using client = desktop({ flow: loopback({ timeout: 200, open: (url) => urls.push(url) > 0 }) })
    const error = await caught(client.login())
    assert.strictEqual(error.code, "transaction_expired")
    assert.match(error.message, /was not completed within 0.2 s/)
    const redirectUri = (url: string) => new URL(url).searchParams.get("redirect_uri") ?? ""
    for (const url of urls) assert.strictEqual(await codeOf(get(redirectUri(url))), "ECONNREFUSED")

    const opened = Promise.withResolvers<string>()
    await using other = desktop({ flow: loopback({ open: (url) => (opened.resolve(url), true) }) })
    const controller = new AbortController()
    const login = other.login({ signal: controller.signal })
    const outcome = login.catch((thrown: unknown) => thrown)
    const at = redirectUri(await opened.promise)
    assert.strictEqual((await get(at)).status, 400)
    const reason = new Error("Ctrl-C")
    controller.abort(reason)
    assert.strictEqual(await outcome, reason)
    assert.strictEqual(await codeOf(get(at)), "ECONNREFUSED")
  })

  it("says what is wrong with its options", async () => {
    const wrong: ReadonlyArray<readonly [LoopbackOptions, RegExp]> = [
      [{ path: "callback" }, /The option path must be a path such as \/callback/],
      [{ path: "/a b" }, /The option path must be/],
      [{ port: 65_536 }, /The option port must be a number from 0 to 65535/],
      [{ port: 1.5 }, /The option port must be/],
      [{ host: "0.0.0.0" as "::1" }, /The option host must be 127\.0\.0\.1 or ::1/],
      [{ timeout: 0 }, /The option timeout must be above 0/],
      [{ timeout: Number.NaN }, /The option timeout must be above 0/],
      [{ timeout: Infinity }, /The option timeout must be above 0/],
      [{ port: issuer.port }, /The option port \d+ cannot be listened on \(EADDRINUSE\)\. Choose another one/],
    ]
    for (const [options, says] of wrong) {
      await using client = desktop({ flow: loopback(options) })
      const error = await caught(client.login())
      assert.strictEqual(error.code, "invalid_options")
      assert.match(error.message, says)
    }
  })

  it("is for flows with a person", async () => {
    await using client = service(issuer, { flow: clientCredentials() })
    for (const call of [() => client.login(), () => client.user(), () => client.logout()]) {
      assert.match((await caught(call())).message, /The option flow is one without a person/)
    }
  })
})
