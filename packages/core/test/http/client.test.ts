import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import { type AskInit, Http, httpLayer, jsonOf } from "../../src/http/client.ts"
import { reasonOf } from "../support/reason.ts"
import { startServer } from "../support/server.ts"

const serve = (...args: Parameters<typeof startServer>) =>
  Effect.acquireRelease(
    Effect.promise(() => startServer(...args)),
    (server) => Effect.promise(() => server[Symbol.asyncDispose]()),
  )

const ask = (url: string, init?: AskInit) => Http.use((http) => http.ask(url, init))

describe("ask", () => {
  it.live("gives any status as an answer, without the query in its URL", () =>
    Effect.gen(function* () {
      const server = yield* serve((_, response) => response.writeHead(418).end("a teapot"))
      const answer = yield* ask(`${server.url}/pot?secret=1`)
      assert.strictEqual(answer.status, 418)
      assert.strictEqual(answer.body, "a teapot")
      assert.strictEqual(answer.url, `${server.url}/pot`)
    }).pipe(Effect.provide(httpLayer()), Effect.scoped),
  )

  it.live("names the system's reason when nobody listens", () =>
    Effect.gen(function* () {
      const server = yield* Effect.promise(() => startServer(() => {}))
      yield* Effect.promise(() => server[Symbol.asyncDispose]())
      const reason = yield* reasonOf(ask(`${server.url}/token`))
      assert.deepStrictEqual(reason, { _tag: "Unreachable", url: `${server.url}/token`, detail: "ECONNREFUSED" })
    }).pipe(Effect.provide(httpLayer())),
  )

  it.live("gives up on an answer that never ends", () =>
    Effect.gen(function* () {
      const server = yield* serve((_, response) => void response.writeHead(200).write("{"))
      const reason = yield* reasonOf(ask(server.url))
      assert.deepStrictEqual(reason, { _tag: "TimedOut", url: `${server.url}/`, after: Duration.millis(200) })
    }).pipe(Effect.provide(httpLayer({ timeout: "200 millis" })), Effect.scoped),
  )

  it.live("gives up on an API that does not begin to answer, after a time of its own", () =>
    Effect.gen(function* () {
      const server = yield* serve(() => {})
      const reason = yield* reasonOf(Http.use((http) => http.call(server.url)))
      assert.deepStrictEqual(reason, { _tag: "TimedOut", url: `${server.url}/`, after: Duration.millis(100) })
    }).pipe(Effect.provide(httpLayer({ timeout: "1 milli", apiTimeout: "100 millis" })), Effect.scoped),
  )

  it.live("waits as long for an upload as it takes", () =>
    Effect.gen(function* () {
      const server = yield* serve((request, response) => void request.resume().on("end", () => response.end("all")))
      const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
      const writer = writable.getWriter()
      const init = { method: "POST", body: readable, duplex: "half" } as RequestInit
      const answer = yield* Effect.forkChild(Http.use((http) => http.call(server.url, init)))
      yield* Effect.sleep("100 millis")
      yield* Effect.promise(() => writer.close())
      assert.strictEqual((yield* Fiber.join(answer)).status, 200)
    }).pipe(Effect.provide(httpLayer({ apiTimeout: "20 millis" })), Effect.scoped),
  )

  it.live("stops reading an answer that is too long, announced or not", () =>
    Effect.gen(function* () {
      const server = yield* serve((request, response) => {
        if (request.url === "/announced") response.setHeader("content-length", 10_000_000)
        response.writeHead(200)
        for (let sent = 0; sent < 100; sent++) response.write(Buffer.alloc(100_000, "x"))
        response.end()
      })
      for (const path of ["/announced", "/streamed"]) {
        const reason = yield* reasonOf(ask(server.url + path))
        const problem = "it is longer than 524288 bytes"
        assert.deepStrictEqual(reason, { _tag: "MalformedResponse", url: server.url + path, problem })
      }
    }).pipe(Effect.provide(httpLayer()), Effect.scoped),
  )

  it.live("lets go of the connection of an answer that it stops reading", () =>
    Effect.gen(function* () {
      let cancelled = 0
      const endless = new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(64 * 1024)),
        cancel: () => void (cancelled += 1),
      })
      const layer = httpLayer({ fetch: async () => new Response(endless) })
      const reason = yield* reasonOf(Effect.provide(ask("https://issuer.example/"), layer))
      assert.deepInclude(reason, { _tag: "MalformedResponse", problem: "it is longer than 524288 bytes" })
      assert.strictEqual(cancelled, 1)
    }),
  )

  it.live("does not follow a redirect", () =>
    Effect.gen(function* () {
      const server = yield* serve((_, response) => response.writeHead(307, { location: "/elsewhere" }).end())
      const reason = yield* reasonOf(ask(server.url))
      const problem = "it is a redirect, which is not followed"
      assert.deepStrictEqual(reason, { _tag: "MalformedResponse", url: `${server.url}/`, problem })
      assert.strictEqual(server.requests.length, 1)
    }).pipe(Effect.provide(httpLayer()), Effect.scoped),
  )

  it.live("refuses what is not UTF-8 and what is not a JSON object", () =>
    Effect.gen(function* () {
      const bodies: Readonly<Record<string, Uint8Array>> = {
        "/latin1": Uint8Array.of(0x7b, 0xe9, 0x7d),
        "/html": Buffer.from("<html>sign in</html>"),
        "/list": Buffer.from("[]"),
        "/deep": Buffer.from("[".repeat(400_000)),
      }
      const server = yield* serve((request, response) =>
        response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(bodies[request.url ?? ""]),
      )
      for (const path of Object.keys(bodies)) {
        const reason = yield* reasonOf(Effect.flatMap(ask(server.url + path), jsonOf))
        assert.strictEqual(reason._tag, "MalformedResponse", path)
      }
      const html = yield* reasonOf(Effect.flatMap(ask(`${server.url}/html`), jsonOf))
      assert.deepInclude(html, { problem: "status 200, and the body is not JSON but text/html" })
    }).pipe(Effect.provide(httpLayer()), Effect.scoped),
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
      const exit = yield* Fiber.await(fiber)
      assert.isTrue(Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause))
    }).pipe(Effect.provide(httpLayer()), Effect.scoped),
  )
})

describe("URLs", () => {
  const refused: ReadonlyArray<readonly [url: string, problem: RegExp]> = [
    ["http://issuer.example/token", /https/],
    ["http://127.0.0.1.example/token", /https/],
    ["ftp://issuer.example/token", /https/],
    ["https://user:pass@issuer.example/", /user name/],
    ["/token", /absolute/],
    ["", /absolute/],
  ]
  for (const [url, problem] of refused) {
    it.effect(`refuses ${url || "nothing"} before anything is sent`, () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(ask(url))
        assert.strictEqual(reason._tag, "InvalidOptions")
        assert.match(reason._tag === "InvalidOptions" ? reason.problem : "", problem)
      }).pipe(Effect.provide(httpLayer({ fetch: () => Promise.reject(new Error("was sent")) }))),
    )
  }

  it.effect("takes http beyond loopback only where that is asked for", () =>
    Effect.gen(function* () {
      const answer = yield* ask("http://issuer.example/token")
      assert.strictEqual(answer.status, 200)
    }).pipe(
      Effect.provide(httpLayer({ allowInsecureRequests: true, fetch: () => Promise.resolve(new Response("ok")) })),
    ),
  )
})
