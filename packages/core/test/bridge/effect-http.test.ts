import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientResponse from "effect/http/HttpClientResponse"
import * as Layer from "effect/Layer"
import * as Tracer from "effect/Tracer"
import { clientHttp } from "../../src/bridge/effect-http.ts"
import { type AskInit, Http } from "../../src/http/client.ts"
import { reasonOf } from "../support/reason.ts"
import { startServer } from "../support/server.ts"

const serve = (...args: Parameters<typeof startServer>) =>
  Effect.acquireRelease(
    Effect.promise(() => startServer(...args)),
    (server) => Effect.promise(() => server[Symbol.asyncDispose]()),
  )
const ask = (url: string, init?: AskInit) => Http.use((http) => http.ask(url, init))
const call = (url: string, init?: RequestInit) => Http.use((http) => http.call(url, init))

/** As a client of Node gives it: without a Web `Response` behind it. */
const withoutWeb = Layer.effect(
  HttpClient.HttpClient,
  Effect.map(
    HttpClient.HttpClient,
    HttpClient.transformResponse(
      Effect.map(
        ({ request, url, status, headers, stream }) =>
          ({
            [HttpClientResponse.TypeId]: HttpClientResponse.TypeId,
            request,
            url,
            status,
            headers,
            stream,
          }) as unknown as HttpClientResponse.HttpClientResponse,
      ),
    ),
  ),
).pipe(Layer.provide(FetchHttpClient.layer))

const clients: ReadonlyArray<readonly [name: string, client: Layer.Layer<HttpClient.HttpClient>]> = [
  ["FetchHttpClient", FetchHttpClient.layer],
  ["a client that is not fetch", withoutWeb],
]

for (const [name, client] of clients) {
  const over = (options?: Parameters<typeof clientHttp>[0]) => clientHttp(options).pipe(Layer.provide(client))

  describe(`Http over ${name}`, () => {
    it.live("sends what it is given, with its length, and gives any status as an answer", () =>
      Effect.gen(function* () {
        const bodies: Array<string> = []
        const server = yield* serve((request, response) => {
          request.setEncoding("utf8").on("data", (chunk: string) => bodies.push(chunk))
          request.on("end", () => response.writeHead(418, { "x-kind": "teapot" }).end("a teapot"))
        })
        const answer = yield* ask(`${server.url}/pot?query=1`, {
          method: "POST",
          headers: { authorization: "Basic eDp5", "content-type": "application/x-www-form-urlencoded" },
          body: "grant_type=x+y",
        })
        assert.strictEqual(answer.status, 418)
        assert.strictEqual(answer.body, "a teapot")
        assert.strictEqual(answer.url, `${server.url}/pot`)
        assert.strictEqual(answer.headers.get("x-kind"), "teapot")
        const [request] = server.requests
        assert.strictEqual(request?.method, "POST")
        assert.strictEqual(request?.url, "/pot?query=1")
        assert.deepStrictEqual(bodies, ["grant_type=x+y"])
        assert.deepInclude(request?.headers, {
          authorization: "Basic eDp5",
          "content-length": "14",
          "content-type": "application/x-www-form-urlencoded",
        })
      }).pipe(Effect.provide(over()), Effect.scoped),
    )

    it.live("sends no trace headers, and its span is a child of the caller's", () =>
      Effect.gen(function* () {
        const server = yield* serve((_, response) => response.end("{}"))
        const spans: Array<Tracer.Span> = []
        const tracer = Tracer.make({
          span: (options) => {
            const span = new Tracer.NativeSpan(options)
            spans.push(span)
            return span
          },
        })
        yield* ask(server.url).pipe(Effect.withSpan("the caller's"), Effect.withTracer(tracer))
        const names = Object.keys(server.requests[0]!.headers)
        assert.notIncludeMembers(names, ["b3", "traceparent", "tracestate"])
        assert.isFalse(names.some((name) => /trace|b3/.test(name)))
        const [caller, request] = spans
        assert.strictEqual(caller?.name, "the caller's")
        assert.strictEqual(request?.traceId, caller?.traceId)
      }).pipe(Effect.provide(over()), Effect.scoped),
    )

    it.live("names the system's reason when nobody listens", () =>
      Effect.gen(function* () {
        const server = yield* Effect.promise(() => startServer(() => {}))
        yield* Effect.promise(() => server[Symbol.asyncDispose]())
        const reason = yield* reasonOf(ask(`${server.url}/token?secret=1`))
        assert.deepStrictEqual(reason, { _tag: "Unreachable", url: `${server.url}/token`, detail: "ECONNREFUSED" })
      }).pipe(Effect.provide(over())),
    )

    it.live("gives up on an answer that never ends, and hangs up", () =>
      Effect.gen(function* () {
        const gone = yield* Deferred.make<void>()
        const server = yield* serve((request, response) => {
          request.on("close", () => Deferred.doneUnsafe(gone, Effect.void))
          response.writeHead(200).write("{")
        })
        const reason = yield* reasonOf(ask(server.url))
        assert.deepStrictEqual(reason, { _tag: "TimedOut", url: `${server.url}/`, after: Duration.millis(200) })
        yield* Deferred.await(gone)
      }).pipe(Effect.provide(over({ timeout: "200 millis" })), Effect.scoped),
    )

    it.live("stops reading an answer that is too long, announced or not", () =>
      Effect.gen(function* () {
        const server = yield* serve((request, response) => {
          if (request.url === "/announced") response.setHeader("content-length", 10_000)
          response.writeHead(200)
          for (let sent = 0; sent < 10; sent++) response.write(Buffer.alloc(1000, "x"))
          response.end()
        })
        for (const path of ["/announced", "/streamed"]) {
          const reason = yield* reasonOf(ask(server.url + path))
          const problem = "it is longer than 5000 bytes"
          assert.deepStrictEqual(reason, { _tag: "MalformedResponse", url: server.url + path, problem })
        }
      }).pipe(Effect.provide(over({ maxBytes: 5000 })), Effect.scoped),
    )

    it.live("does not follow a redirect", () =>
      Effect.gen(function* () {
        const server = yield* serve((_, response) => response.writeHead(307, { location: "/elsewhere" }).end())
        const reason = yield* reasonOf(ask(server.url))
        const problem = "it is a redirect, which is not followed"
        assert.deepStrictEqual(reason, { _tag: "MalformedResponse", url: `${server.url}/`, problem })
        assert.strictEqual((yield* call(server.url)).status, 307)
        assert.strictEqual(server.requests.length, 2)
      }).pipe(Effect.provide(over()), Effect.scoped),
    )

    it.live("leaves the body of an API's answer to be streamed, and stops it with the caller's signal", () =>
      Effect.gen(function* () {
        const gone = yield* Deferred.make<void>()
        const server = yield* serve((request, response) => {
          request.on("close", () => Deferred.doneUnsafe(gone, Effect.void))
          response.writeHead(200).write("first")
        })
        const controller = new AbortController()
        const response = yield* call(server.url, { signal: controller.signal })
        const reader = response.body!.getReader()
        const { value } = yield* Effect.promise(() => reader.read())
        assert.strictEqual(new TextDecoder().decode(value), "first")
        const next = reader.read().then(
          () => "more",
          () => "stopped",
        )
        controller.abort()
        assert.strictEqual(yield* Effect.promise(() => next), "stopped")
        yield* Deferred.await(gone)
      }).pipe(Effect.provide(over()), Effect.scoped),
    )

    it.live("gives an answer without a body", () =>
      Effect.gen(function* () {
        const server = yield* serve((_, response) => response.writeHead(204).end())
        assert.strictEqual((yield* call(server.url, { method: "DELETE" })).status, 204)
        assert.strictEqual((yield* ask(server.url)).body, "")
      }).pipe(Effect.provide(over()), Effect.scoped),
    )

    it.live("aborts the request when it is interrupted", () =>
      Effect.gen(function* () {
        const asked = yield* Deferred.make<void>()
        const gone = yield* Deferred.make<void>()
        const server = yield* serve((request) => {
          Deferred.doneUnsafe(asked, Effect.void)
          request.on("close", () => Deferred.doneUnsafe(gone, Effect.void))
        })
        const fiber = yield* Effect.forkChild(ask(server.url))
        yield* Deferred.await(asked)
        yield* Fiber.interrupt(fiber)
        yield* Deferred.await(gone)
      }).pipe(Effect.provide(over()), Effect.scoped),
    )

    it.effect("refuses http beyond loopback before anything is sent", () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(ask("http://issuer.example/token"))
        assert.strictEqual(reason._tag, "InvalidOptions")
      }).pipe(Effect.provide(over())),
    )
  })
}

describe("a client with rules of its own", () => {
  const over = (change: (client: HttpClient.HttpClient) => HttpClient.HttpClient) =>
    clientHttp().pipe(
      Layer.provide(Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, change))),
      Layer.provide(FetchHttpClient.layer),
    )

  it.live("that fails on a status: the answer is an answer all the same", () =>
    Effect.gen(function* () {
      const server = yield* serve((_, response) => response.writeHead(400).end('{"error":"invalid_grant"}'))
      const answer = yield* ask(server.url)
      assert.strictEqual(answer.status, 400)
      assert.strictEqual(answer.body, '{"error":"invalid_grant"}')
    }).pipe(Effect.provide(over(HttpClient.filterStatusOk)), Effect.scoped),
  )

  it.live("that follows redirects: the answer from elsewhere is refused", () =>
    Effect.gen(function* () {
      const server = yield* serve((request, response) =>
        request.url === "/" ? response.writeHead(302, { location: "/elsewhere" }).end() : response.end("{}"),
      )
      const reason = yield* reasonOf(ask(server.url))
      const problem = "its client followed a redirect, which is not allowed"
      assert.deepStrictEqual(reason, { _tag: "MalformedResponse", url: `${server.url}/`, problem })
    }).pipe(Effect.provide(over(HttpClient.followRedirects())), Effect.scoped),
  )
})
