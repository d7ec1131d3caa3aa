import type { IncomingMessage, ServerResponse } from "node:http"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { decodeJwt } from "jose"
import { ApiClient, apiClientLayer } from "../../src/call/api-client.ts"
import { httpLayer } from "../../src/http/client.ts"
import type { Token } from "../../src/model/token-set.ts"
import type { DpopKey } from "../../src/protocol/dpop.ts"
import { generateDpopKey } from "../../src/protocol/dpop-key.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { observe } from "../support/observed.ts"
import { startServer } from "../support/server.ts"

const named = (name: string, type: Token["type"] = "DPoP"): Token => ({
  value: Redacted.make(name),
  type,
  expiresAt: 9e15,
  scopes: [],
})

/** Hands out t1, and t2 once t1 was refused. */
const providing = (dpop: DpopKey | undefined, type?: Token["type"]) =>
  Layer.succeed(TokenProvider, {
    token: () => Effect.succeed(named("t1", type)),
    renew: () => Effect.succeed(named("t2", type)),
    peek: () => undefined,
    held: () => [],
    forget: Effect.void,
    dpop,
  })

type Answer = readonly [status: number, headers?: Readonly<Record<string, string>>]

const challenged = (error: string): Answer => [401, { "www-authenticate": `DPoP error="${error}", algs="ES256"` }]
const demand = (nonce: string): Answer => [
  401,
  { "www-authenticate": 'DPoP error="use_dpop_nonce"', "dpop-nonce": nonce },
]

/** An API that answers this, one after the other, the last for ever. */
const api = Effect.fnUntraced(function* (...answers: ReadonlyArray<Answer>) {
  const bodies: Array<string> = []
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    let body = ""
    request.on("data", (chunk) => (body += chunk))
    request.on("end", () => {
      const [status, headers] = answers[Math.min(bodies.length, answers.length - 1)] ?? [200]
      bodies.push(body)
      response.writeHead(status, { ...headers }).end()
    })
  }
  const server = yield* Effect.acquireRelease(
    Effect.promise(() => startServer(handle)),
    (server) => Effect.promise(() => server[Symbol.asyncDispose]()),
  )
  const key = yield* generateDpopKey()
  const observed = observe()
  const layer = apiClientLayer({ [server.url]: {} }).pipe(
    Layer.provide([httpLayer(), providing(key)]),
    Layer.provide(observed.layer),
  )
  const client = yield* Effect.provide(ApiClient, layer)
  return {
    ...server,
    bodies,
    counted: observed.counted,
    call: (path = "/", init?: RequestInit) => client.fetch(server.url + path, init),
    proofs: () => server.requests.map(({ headers }) => decodeJwt(String(headers["dpop"]))),
    tokens: () => server.requests.map(({ headers }) => headers.authorization),
  }
})

describe("a call with a bound token", () => {
  it.live("has the scheme DPoP and a proof for this request", () =>
    Effect.gen(function* () {
      const { call, proofs, tokens, url } = yield* api([200])
      yield* call("/orders?page=2", { method: "put", body: "x" })
      assert.deepStrictEqual(tokens(), ["DPoP t1"])
      assert.deepInclude(proofs()[0], { htm: "PUT", htu: `${url}/orders` })
      assert.match(String(proofs()[0]?.["ath"]), /^[\w-]{43}$/)
    }).pipe(Effect.scoped),
  )

  it.live("msal-browser and oidc-client-ts leave the API's nonce demand to the caller: it is answered here, once", () =>
    Effect.gen(function* () {
      const { call, proofs, tokens, bodies } = yield* api(demand("n1"), [201])
      const response = yield* call("/", { method: "POST", body: "order" })
      assert.strictEqual(response.status, 201)
      assert.deepStrictEqual(tokens(), ["DPoP t1", "DPoP t1"])
      assert.deepStrictEqual(bodies, ["order", "order"])
      assert.deepStrictEqual(
        proofs().map(({ nonce }) => nonce),
        [undefined, "n1"],
      )
      assert.strictEqual(new Set(proofs().map(({ jti }) => jti)).size, 2)
    }).pipe(Effect.scoped),
  )

  it.live("learns the nonce from successes too", () =>
    Effect.gen(function* () {
      const { call, proofs } = yield* api([200, { "dpop-nonce": "n1" }], [200])
      yield* call()
      yield* call()
      assert.strictEqual(proofs()[1]?.["nonce"], "n1")
    }).pipe(Effect.scoped),
  )

  it.live("auth0-spa-js's fetcher fails with 'body already used': a stream is not sent again, its nonce is kept", () =>
    Effect.gen(function* () {
      const { call, proofs } = yield* api(demand("n1"), [200])
      const stream = { method: "POST", body: new Blob(["x"]).stream(), duplex: "half" } as RequestInit
      assert.strictEqual((yield* call("/", stream)).status, 401)
      assert.lengthOf(proofs(), 1)
      yield* call()
      assert.strictEqual(proofs()[1]?.["nonce"], "n1")
    }).pipe(Effect.scoped),
  )

  it.live("the resend with a nonce is not the one with a new token: both may happen", () =>
    Effect.gen(function* () {
      const { call, tokens, proofs, counted } = yield* api(
        demand("n1"),
        challenged("invalid_token"),
        demand("n2"),
        [200],
      )
      assert.strictEqual((yield* call()).status, 200)
      assert.deepStrictEqual([counted("dpop_nonce_retry"), counted("api_retry")], [2, 1])
      assert.deepStrictEqual(tokens(), ["DPoP t1", "DPoP t1", "DPoP t2", "DPoP t2"])
      assert.strictEqual(new Set(proofs().map(({ ath }) => ath)).size, 2)
      assert.strictEqual(new Set(proofs().map(({ jti }) => jti)).size, 4)
    }).pipe(Effect.scoped),
  )

  it.live("an API that is never content is asked no third time", () =>
    Effect.gen(function* () {
      const { call, tokens } = yield* api(demand("n1"), demand("n2"), [200])
      assert.strictEqual((yield* call()).status, 401)
      assert.deepStrictEqual(tokens(), ["DPoP t1", "DPoP t1"])
    }).pipe(Effect.scoped),
  )

  for (const error of ["invalid_dpop_proof", "insufficient_user_authentication"]) {
    it.live(`${error} is not answered with a new token`, () =>
      Effect.gen(function* () {
        const { call, tokens } = yield* api(challenged(error), [200])
        assert.strictEqual((yield* call()).status, 401)
        assert.deepStrictEqual(tokens(), ["DPoP t1"])
      }).pipe(Effect.scoped),
    )
  }

  it.live("invalid_token is, once", () =>
    Effect.gen(function* () {
      const { call, tokens } = yield* api(challenged("invalid_token"), challenged("invalid_token"), [200])
      assert.strictEqual((yield* call()).status, 401)
      assert.deepStrictEqual(tokens(), ["DPoP t1", "DPoP t2"])
    }).pipe(Effect.scoped),
  )

  it.live("learns no nonce from where a redirect leads", () =>
    Effect.gen(function* () {
      const elsewhere = yield* api([200, { "dpop-nonce": "elsewhere's" }])
      const { call, proofs } = yield* api([302, { location: elsewhere.url }], [200])
      yield* call("/", { redirect: "follow" })
      assert.lengthOf(elsewhere.requests, 1)
      yield* call()
      assert.isUndefined(proofs()[1]?.["nonce"])
    }).pipe(Effect.scoped),
  )

  it.live("is not made without the key", () =>
    Effect.gen(function* () {
      const origin = "https://api.example"
      const layer = apiClientLayer({ [origin]: {} }).pipe(Layer.provide([httpLayer(), providing(undefined)]))
      const call = ApiClient.use((client) => client.fetch(origin))
      const error = yield* Effect.flip(Effect.provide(call, layer))
      assert.deepStrictEqual(error.reason, {
        _tag: "InvalidOptions",
        field: "dpop",
        problem: "is missing: the token is bound to a key",
      })
    }),
  )

  it.live("has no proof where the token is not bound, whatever the client has", () =>
    Effect.gen(function* () {
      const server = yield* api([200])
      const bearer = providing(yield* generateDpopKey(), "Bearer")
      const layer = apiClientLayer({ [server.url]: {} }).pipe(Layer.provide([httpLayer(), bearer]))
      yield* Effect.provide(
        ApiClient.use((client) => client.fetch(server.url)),
        layer,
      )
      assert.deepStrictEqual(server.tokens(), ["Bearer t1"])
      assert.isUndefined(server.requests[0]?.headers["dpop"])
    }).pipe(Effect.scoped),
  )
})
