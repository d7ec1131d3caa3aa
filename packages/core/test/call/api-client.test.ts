import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/testing/TestClock"
import type { IncomingMessage, ServerResponse } from "node:http"
import { ApiClient, apiClientLayer, type Apis } from "../../src/call/api-client.ts"
import { httpLayer } from "../../src/http/client.ts"
import type { Token } from "../../src/model/token-set.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { client } from "../support/numbered-flow.ts"
import { startServer } from "../support/server.ts"
import { network } from "../support/world.ts"

const token = (n: number): Token => ({ value: Redacted.make(`t${n}`), type: "Bearer", expiresAt: 9e15, scopes: [] })

/** Hands out t1, and t2 once t1 was refused. */
const provider = Layer.effect(
  TokenProvider,
  Effect.gen(function* () {
    const current = yield* Ref.make(1)
    return {
      token: () => Effect.map(Ref.get(current), token),
      renew: () =>
        Effect.map(
          Ref.updateAndGet(current, () => 2),
          token,
        ),
      peek: () => undefined,
      held: () => [],
      forget: Effect.void,
    }
  }),
)

const serving = (handle: (request: IncomingMessage, response: ServerResponse) => void) =>
  Effect.acquireRelease(
    Effect.promise(() => startServer(handle)),
    (server) => Effect.promise(() => server[Symbol.asyncDispose]()),
  )
const calling = (apis: Apis) => apiClientLayer(apis).pipe(Layer.provide([httpLayer(), provider]))
const call = (apis: Apis, url: string, init?: RequestInit) =>
  Effect.provide(
    ApiClient.use((api) => api.fetch(url, init)),
    calling(apis),
  )
const textOf = (response: Response) => Effect.promise(() => response.text())

describe("ApiClient", () => {
  it.live("sends the token to a listed origin, with what the caller sends", () =>
    Effect.gen(function* () {
      const server = yield* serving((request, response) => {
        const { authorization, accept } = request.headers
        response.end([request.method, request.url, authorization, accept].join(" "))
      })
      const init = { method: "PUT", body: "x", headers: { accept: "text/plain" } }
      const response = yield* call({ [server.url]: {} }, `${server.url}/path?q=1`, init)
      assert.strictEqual(yield* textOf(response), "PUT /path?q=1 Bearer t1 text/plain")
    }).pipe(Effect.scoped),
  )

  it.live("refuses every other origin, before a token is asked for", () =>
    Effect.gen(function* () {
      const apis = { "https://api.example": {} }
      const foreign = [
        "https://api.example.evil.test/",
        "https://api.example:8443/",
        "https://API.example@evil.test/",
        "https://evil.test/https://api.example/",
        "https://sub.api.example/",
        "http://api.example/",
      ]
      for (const url of foreign) {
        const error = yield* Effect.flip(call(apis, url))
        const { origin } = new URL(url)
        assert.deepStrictEqual(
          error.reason,
          { _tag: "OriginNotAllowed", origin, allowed: ["https://api.example"] },
          url,
        )
      }
    }),
  )

  it.live(
    "auth0-spa-js's fetcher returns a 401 as it is: the token is renewed once, and the same body sent again",
    () =>
      Effect.gen(function* () {
        const seen: Array<string> = []
        const server = yield* serving((request, response) => {
          let body = ""
          request.on("data", (chunk) => (body += chunk))
          request.on("end", () => {
            seen.push(`${request.headers.authorization} ${body}`)
            const status = request.headers.authorization === "Bearer t2" ? 201 : 401
            response.writeHead(status, { "www-authenticate": 'Bearer error="invalid_token"' }).end("done")
          })
        })
        const response = yield* call({ [server.url]: {} }, server.url, { method: "POST", body: "order" })
        assert.strictEqual(response.status, 201)
        assert.deepStrictEqual(seen, ["Bearer t1 order", "Bearer t2 order"])
      }).pipe(Effect.scoped),
  )

  it.effect("does not repeat a call with the token of somebody who signed in since", () =>
    Effect.gen(function* () {
      const seen: Array<string> = []
      const refused = yield* Deferred.make<Response>()
      const arrived = yield* Deferred.make<void>()
      const answer: typeof fetch = (_, init) => {
        seen.push(`${new Headers(init?.headers).get("authorization")} ${String(init?.body)}`)
        Effect.runSync(Deferred.succeed(arrived, undefined))
        return Effect.runPromise(Deferred.await(refused))
      }
      const layer = apiClientLayer({ "https://api.example": {} }).pipe(
        Layer.provideMerge(loginLayer({ client, key: "login" })),
        Layer.provide([network({ fetch: answer }), memoryStoreLayer(), memoryLockLayer]),
      )
      const signIn = (name: string) => {
        const accessToken = Redacted.make(`the token of ${name}`)
        const times = { receivedAt: 0, expiresAt: 600_000 }
        const set = { accessToken, ...times, tokenType: "Bearer", presented: "access_token", scopes: [] } as const
        return Login.use((login) => login.begin(set, {}))
      }
      yield* Effect.gen(function* () {
        yield* signIn("alice")
        const call = ApiClient.use((api) => api.fetch("https://api.example/", { method: "POST", body: "from alice" }))
        const caller = yield* Effect.forkChild(call)
        yield* Deferred.await(arrived)
        yield* Login.use((login) => login.end())
        yield* signIn("bob")
        yield* Deferred.succeed(refused, new Response("not any more", { status: 401 }))
        const response = yield* Fiber.join(caller)
        assert.strictEqual(response.status, 401)
        assert.strictEqual(yield* textOf(response), "not any more")
        assert.deepStrictEqual(seen, ["Bearer the token of alice from alice"])
      }).pipe(Effect.provide(layer))
    }),
  )

  it.live("gives the second 401 to the caller", () =>
    Effect.gen(function* () {
      const server = yield* serving((_, response) => response.writeHead(401).end())
      const response = yield* call({ [server.url]: {} }, server.url)
      assert.strictEqual(response.status, 401)
      assert.strictEqual(server.requests.length, 2)
    }).pipe(Effect.scoped),
  )

  it.effect("spends no token again and again for an API that refuses them all, and tries again after a minute", () =>
    Effect.gen(function* () {
      const sent: Array<string> = []
      let renewed = 0
      const answer: typeof fetch = async (_, init) => {
        sent.push(new Headers(init?.headers).get("authorization") ?? "")
        return new Response(null, { status: 401 })
      }
      const counting = Layer.succeed(TokenProvider, {
        token: () => Effect.sync(() => token(1 + renewed)),
        renew: () => Effect.sync(() => token(1 + (renewed += 1))),
        peek: () => undefined,
        held: () => [],
        forget: Effect.void,
      })
      const layer = apiClientLayer({ "https://api.example": {}, "https://other.example": {} }).pipe(
        Layer.provide([network({ fetch: answer }), counting]),
      )
      yield* Effect.gen(function* () {
        const { fetch } = yield* ApiClient
        const times = Effect.fnUntraced(function* (count: number, origin: string) {
          for (let call = 0; call < count; call++) yield* fetch(origin)
        })
        yield* times(20, "https://api.example")
        assert.deepStrictEqual([sent.length, renewed], [21, 1])
        yield* times(1, "https://other.example")
        assert.deepStrictEqual([sent.length, renewed], [23, 2])
        yield* TestClock.adjust("1 minute")
        yield* times(2, "https://api.example")
        assert.deepStrictEqual([sent.length, renewed], [26, 3])
      }).pipe(Effect.provide(layer))
    }),
  )

  const once: ReadonlyArray<readonly [name: string, challenge: string, init: () => RequestInit]> = [
    ["a step-up", 'Bearer error="insufficient_user_authentication", acr_values="mfa"', () => ({})],
    ["a claims challenge", 'Bearer error="insufficient_claims", claims="eyJ9"', () => ({})],
    [
      "a body that is a stream",
      "Bearer",
      () => ({ method: "POST", body: new Blob(["x"]).stream(), duplex: "half" }) as RequestInit,
    ],
  ]
  for (const [name, challenge, init] of once) {
    it.live(`does not repeat a call for ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* serving((request, response) => {
          request.resume()
          response.writeHead(401, { "www-authenticate": challenge }).end()
        })
        const response = yield* call({ [server.url]: {} }, server.url, init())
        assert.strictEqual(response.status, 401)
        assert.strictEqual(server.requests.length, 1)
      }).pipe(Effect.scoped),
    )
  }

  it.live("does not repeat a call whose body was an iterator: it would be sent empty", () =>
    Effect.gen(function* () {
      const bodies: Array<string> = []
      const server = yield* serving((request, response) => {
        let body = ""
        request.on("data", (chunk) => (body += chunk))
        request.on("end", () => {
          bodies.push(body)
          response.writeHead(401).end()
        })
      })
      const words = async function* () {
        yield new TextEncoder().encode("hello")
      }
      const init = { method: "POST", body: words(), duplex: "half" } as unknown as RequestInit
      const response = yield* call({ [server.url]: {} }, server.url, init)
      assert.strictEqual(response.status, 401)
      assert.deepStrictEqual(bodies, ["hello"])
    }).pipe(Effect.scoped),
  )

  const wrong: ReadonlyArray<readonly [name: string, init: RequestInit, field: string]> = [
    ["a GET with a body", { body: "x" }, "init"],
    ["a method that fetch forbids", { method: "CONNECT" }, "init"],
    ["a method that is none", { method: "P UT", body: "x" }, "init"],
    ["a stream without a word on duplex", { method: "POST", body: new Blob(["x"]).stream() }, "init"],
    ["a header that HTTP does not allow", { headers: { "x-key": "hush\nhush" } }, "headers"],
  ]
  for (const [name, init, field] of wrong) {
    it.live(`says that a call is wrong, and no network lost: ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* serving((_, response) => response.end())
        const error = yield* Effect.flip(call({ [server.url]: {} }, server.url, init))
        assert.propertyVal(error.reason, "_tag", "InvalidOptions")
        assert.propertyVal(error.reason, "field", field)
        assert.isFalse(error.explanation.retryable)
        assert.notInclude(error.message, "hush")
        assert.deepStrictEqual(server.requests, [])
      }).pipe(Effect.scoped),
    )
  }

  it.live("sends the headers of an iterator with each try", () =>
    Effect.gen(function* () {
      const server = yield* serving((request, response) => {
        response.writeHead(request.headers["x-one"] === "1" ? 401 : 500).end()
      })
      const response = yield* call({ [server.url]: {} }, server.url, {
        headers: new Map([["x-one", "1"]]).entries() as never,
      })
      assert.strictEqual(response.status, 401)
      assert.strictEqual(server.requests.length, 2)
    }).pipe(Effect.scoped),
  )

  it.live("keeps the token from where a redirect leads, unless the caller follows", () =>
    Effect.gen(function* () {
      const elsewhere = yield* serving((request, response) => response.end(request.headers.authorization ?? "nothing"))
      const server = yield* serving((_, response) => response.writeHead(302, { location: elsewhere.url }).end())
      const apis = { [server.url]: {} }
      const error = yield* Effect.flip(call(apis, `${server.url}/x?y=1`))
      assert.deepStrictEqual(error.reason, { _tag: "RedirectRefused", url: `${server.url}/x` })
      assert.strictEqual(elsewhere.requests.length, 0)
      const followed = yield* call(apis, server.url, { redirect: "follow" })
      assert.strictEqual(yield* textOf(followed), "nothing")
    }).pipe(Effect.scoped),
  )

  for (const status of [401, 429]) {
    it.live(`takes the ${status} of where a redirect led for no word about its own request`, () =>
      Effect.gen(function* () {
        const elsewhere = yield* serving((_, response) => response.writeHead(status, { "retry-after": "0" }).end())
        const server = yield* serving((_, response) => response.writeHead(302, { location: elsewhere.url }).end())
        const response = yield* call({ [server.url]: {} }, server.url, { redirect: "follow" })
        assert.strictEqual(response.status, status)
        assert.deepStrictEqual([server.requests.length, elsewhere.requests.length], [1, 1])
      }).pipe(Effect.scoped),
    )
  }

  it.live("refuses options that would be lost or wrong", () =>
    Effect.gen(function* () {
      const apis = { "https://api.example": {} }
      const own = yield* Effect.flip(call(apis, "https://api.example/", { headers: { Authorization: "Basic x" } }))
      assert.deepInclude(own.reason, { _tag: "InvalidOptions", field: "headers.authorization" })
      const relative = yield* Effect.flip(call(apis, "/orders"))
      assert.deepInclude(relative.reason, { _tag: "InvalidOptions", field: "url" })
      for (const origin of ["https://api.example/", "api.example", "https://api.example/v1", ""]) {
        const error = yield* Effect.flip(call({ [origin]: {} }, "https://api.example/"))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: `apis["${origin}"]` })
      }
    }),
  )

  it.live("streams the answer", () =>
    Effect.gen(function* () {
      const server = yield* serving((_, response) => {
        response.write("first")
      })
      const response = yield* call({ [server.url]: {} }, server.url)
      const chunk = yield* Effect.promise(() => response.body?.getReader().read() ?? Promise.reject())
      assert.strictEqual(new TextDecoder().decode(chunk.value), "first")
    }).pipe(Effect.scoped),
  )
})
