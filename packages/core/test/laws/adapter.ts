import { inspect } from "node:util"
import { type Issuer, startIssuer } from "@bearerkit/issuer"
import { Person } from "@bearerkit/services"
import { afterAll, afterEach, assert, beforeAll, describe, it } from "vitest"
import { noteMinted } from "../../../../scripts/leaks/note.ts"
import type { Apis } from "../../src/call/api-client.ts"
import { BearerError, type BearerErrorCode } from "../../src/promise/bearer-error.ts"
import { startServer, type TestServer } from "../support/server.ts"

/** What an adapter is made with. */
export interface AdapterWorld {
  readonly issuer: string
  /** A client with `client_credentials` and `token-exchange` that is the API `ownAudience` itself. */
  readonly clientId: string
  readonly clientSecret: string
  readonly ownAudience: string
  /** All requests to the issuer go through it. */
  readonly fetch: typeof globalThis.fetch
  readonly apis: Apis
  /** What `token` is asked for. */
  readonly target: { readonly audience: string; readonly scope: string }
  /** For who acts for a person and keeps no secret: a login with `loginScope` can be renewed for `target`. */
  readonly page: {
    readonly clientId: string
    readonly redirectUri: string
    readonly loginScope: string
    /** Signs somebody in at this address; gives the one that they come back to. */
    readonly signIn: (address: string) => Promise<string>
  }
}

/** An adapter as its user has it: with whom it acts for already there. */
export interface Adapter {
  readonly token: (options?: { readonly signal?: AbortSignal }) => Promise<string>
  readonly fetch: (url: string, init?: RequestInit) => Promise<Response>
  readonly close: () => Promise<void>
  /** What a program holds of it and may print. */
  readonly printable: object
  /** The origin that a path without one is of; none outside a page. */
  readonly origin?: string
}

/** What every adapter promises, whatever it adapts to. */
export const adapterLaws = (name: string, make: (world: AdapterWorld) => Adapter | Promise<Adapter>): void => {
  let issuer: Issuer
  let api: TestServer
  let elsewhere: TestServer
  /** How the issuer answers token requests, if otherwise than it would. */
  let trouble: ((init: RequestInit | undefined) => Promise<Response>) | undefined
  const adapters: Array<Adapter> = []

  beforeAll(async () => {
    issuer = await startIssuer({ config, collectSecrets: true })
    noteMinted(issuer.minted)
    api = await startServer((_, response) => response.end("served"))
    elsewhere = await startServer((_, response) => response.end("caught"))
  })
  afterEach(async () => {
    trouble = undefined
    await Promise.all(adapters.splice(0).map((adapter) => adapter.close()))
  })
  afterAll(async () => {
    await issuer.close()
    await api[Symbol.asyncDispose]()
    await elsewhere[Symbol.asyncDispose]()
  })

  const worldWith = (apis: Apis): AdapterWorld => ({
    issuer: issuer.url,
    clientId,
    clientSecret,
    ownAudience,
    apis,
    target,
    page,
    fetch: (input, init) =>
      trouble !== undefined && init?.method === "POST" ? trouble(init) : globalThis.fetch(input, init),
  })
  const adapter = async (): Promise<Adapter> => {
    const made = await make(worldWith({ [api.url]: target }))
    adapters.push(made)
    return made
  }
  const never = (init: RequestInit | undefined): Promise<Response> =>
    new Promise((_, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)))

  describe(`${name} keeps the laws of an adapter`, () => {
    it("gives a token for the target, and calls the API with it", async () => {
      const { token, fetch } = await adapter()
      assert.isTrue(issuer.minted.includes(await token()))
      const before = api.requests.length
      assert.strictEqual(await (await fetch(`${api.url}/orders`)).text(), "served")
      assert.match(api.requests[before]?.headers.authorization ?? "", /^Bearer eyJ/)
    })

    for (const [says, answer, code] of refusals) {
      it(`has the code ${code} for ${says}, names the fix, and repeats no secret`, async () => {
        const { token } = await adapter()
        const sent: Array<string> = []
        trouble = async (init) => {
          sent.push(String(init?.body), new Headers(init?.headers).get("authorization") ?? "")
          return answer(sent.join(" "))
        }
        const error = await caught(token())
        assert.strictEqual(error.code, code, error.message)
        assert.isNotEmpty(error.fix)
        assert.include(error.message, error.fix)
        assert.isNotEmpty(sent)
        const printed = `${error.message} ${error.stack} ${JSON.stringify(error)} ${inspect(error, everything)}`
        for (const secret of [...issuer.minted, clientSecret, btoa(`${clientId}:${clientSecret}`)]) {
          assert.notInclude(printed, secret)
        }
      })
    }

    it("shows no secret of its own when it is printed", async () => {
      const { token, printable } = await adapter()
      const value = await token()
      const printed = `${JSON.stringify(printable)} ${inspect(printable, everything)}`
      for (const secret of [value, ...issuer.minted, clientSecret]) assert.notInclude(printed, secret)
    })

    it("rejects with the signal's reason, for the caller who gave up and no other", async () => {
      const { token } = await adapter()
      const controller = new AbortController()
      const reason = new Error("changed my mind")
      let letGo = (): void => {}
      const held = new Promise<void>((resolve) => (letGo = resolve))
      const asked = new Promise<void>((resolve) => {
        trouble = async (init) => {
          resolve()
          await held
          return globalThis.fetch(`${issuer.url}/token`, init)
        }
      })
      const aborted = token({ signal: controller.signal }).catch((error: unknown) => error)
      const other = token()
      await asked
      controller.abort(reason)
      assert.strictEqual(await aborted, reason)
      letGo()
      assert.isString(await other)
    })

    it("asks for nothing when the signal was aborted before", async () => {
      const { token, fetch } = await adapter()
      const reason = new Error("too late")
      const signal = AbortSignal.abort(reason)
      const asked = issuer.countRequests("/token")
      const called = api.requests.length
      assert.strictEqual(await token({ signal }).catch((error: unknown) => error), reason)
      assert.strictEqual(await fetch(api.url, { signal }).catch((error: unknown) => error), reason)
      assert.strictEqual(issuer.countRequests("/token"), asked)
      assert.strictEqual(api.requests.length, called)
    })

    it("sends tokens to listed origins only: exactly those", async () => {
      const { fetch, origin } = await adapter()
      const asked = issuer.countRequests("/token")
      const { host, port, hostname } = new URL(api.url)
      const strangers = [
        elsewhere.url,
        `http://${host}@${new URL(elsewhere.url).host}/`,
        `https://${host}/`,
        `http://localhost:${port}/`,
        `http://${hostname}.evil.example:${port}/`,
        `http://${hostname}/`,
      ]
      for (const url of strangers) assert.strictEqual((await caught(fetch(url))).code, "origin_not_allowed", url)
      const path = await caught(fetch("/orders"))
      assert.strictEqual(path.code, origin === undefined ? "invalid_options" : "origin_not_allowed")
      if (origin !== undefined) assert.include(path.message, origin)
      const own = { headers: { authorization: "Bearer mine" } }
      assert.strictEqual((await caught(fetch(api.url, own))).code, "invalid_options")
      assert.isEmpty(elsewhere.requests)
      assert.strictEqual(issuer.countRequests("/token"), asked)
    })

    it("follows no redirect with a token", async () => {
      await using moved = await startServer((_, response) => response.writeHead(302, { location: elsewhere.url }).end())
      const made = await make(worldWith({ [moved.url]: target }))
      adapters.push(made)
      const error = await caught(made.fetch(moved.url))
      assert.strictEqual(error.code, "redirect_refused")
      assert.isEmpty(elsewhere.requests)
    })

    it("throws at once for an origin that is none", async () => {
      const wrong = async () => make(worldWith({ "https://api.example/v1": target }))
      const error = await caught(wrong())
      assert.strictEqual(error.code, "invalid_options")
      assert.match(error.message, /is not an origin/)
    })

    it("is closed for good: what is under way, what is asked for, and what was at hand", async () => {
      const { token, fetch, close } = await adapter()
      const waiting = new Promise<void>((resolve) => {
        trouble = (init) => {
          resolve()
          return never(init)
        }
      })
      const under = caught(token())
      await waiting
      await close()
      assert.strictEqual((await under).code, "closed")
      assert.strictEqual((await caught(token())).code, "closed")
      assert.strictEqual((await caught(fetch(api.url))).code, "closed")
      trouble = undefined
      const other = await adapter()
      await other.token()
      await other.close()
      assert.strictEqual((await caught(other.token())).code, "closed")
    })
  })
}

const clientId = "service"
const clientSecret = "the secret of the adapter, long enough"
const ownAudience = "https://portal.example"
const target = { audience: "https://orders.example", scope: "read" }
const alice = { username: "alice", password: "correct horse battery" }
const page: AdapterWorld["page"] = {
  clientId: "page",
  redirectUri: "http://127.0.0.1:5555/callback",
  loginScope: "openid offline_access read",
  signIn: async (address) => String(await new Person(alice).visit(address)),
}
const config = {
  clients: [
    { id: clientId, secret: clientSecret, grants: ["client_credentials", "token-exchange"] as const, api: ownAudience },
    {
      id: page.clientId,
      grants: ["authorization_code", "refresh_token"] as const,
      redirectUris: [page.redirectUri],
    },
  ],
  connections: [{ name: "users", strategy: "database" as const, users: [alice] }],
  defaultConnection: "users",
  apis: [
    { audience: ownAudience, scopes: ["read"] },
    { audience: target.audience, scopes: ["read"] },
  ],
}

const everything = { depth: 9, showHidden: true, getters: true }

/** What an issuer may say, with all that it was sent in it. */
type Answer = (sent: string) => Response

const refused =
  (status: number, error: string): Answer =>
  (sent) =>
    Response.json({ error, error_description: `refused: ${sent}` }, { status })

const refusals: ReadonlyArray<readonly [says: string, answer: Answer, code: BearerErrorCode]> = [
  ["a client that is refused", refused(401, "invalid_client"), "invalid_client"],
  ["a grant that the client may not use", refused(400, "unauthorized_client"), "unauthorized_client"],
  ["a target that is unknown", refused(400, "invalid_target"), "invalid_target"],
  ["a scope that is unknown", refused(400, "invalid_scope"), "invalid_scope"],
  ["HTML", (sent) => new Response(`<p>${sent}`, { headers: { "content-type": "text/html" } }), "malformed_response"],
  ["no token", (sent) => Response.json({ sent }), "malformed_response"],
]

const caught = async (promise: Promise<unknown>): Promise<BearerError> => {
  const error = await promise.then(
    () => new Error("nothing was thrown"),
    (thrown: unknown) => thrown,
  )
  assert.instanceOf(error, BearerError)
  return error
}
