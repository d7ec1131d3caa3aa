import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type { IncomingMessage, ServerResponse } from "node:http"
import { Discovery } from "../../src/protocol/discovery.ts"
import { reasonOf } from "../support/reason.ts"
import { json, startServer } from "../support/server.ts"
import { network, startTestIssuer } from "../support/world.ts"

const metadata = (issuer: string) => Discovery.use((discovery) => discovery.metadata(issuer))

const serving = (handle: (request: IncomingMessage, response: ServerResponse, origin: string) => void) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = await startServer((request, response) =>
        handle(request, response, `http://${request.headers.host}`),
      )
      return server
    }),
    (server) => Effect.promise(() => server[Symbol.asyncDispose]()),
  )

describe("discovery", () => {
  it.live("reads the real issuer's metadata, once for all who ask", () =>
    Effect.gen(function* () {
      const issuer = yield* Effect.acquireRelease(Effect.promise(startTestIssuer), (it) =>
        Effect.promise(() => it.close()),
      )
      const all = yield* Effect.all(
        Array.from({ length: 50 }, () => metadata(issuer.url)),
        { concurrency: "unbounded" },
      )
      assert.strictEqual(new Set(all).size, 1)
      assert.strictEqual(all[0]?.issuer, issuer.url)
      assert.strictEqual(all[0]?.tokenEndpoint, `${issuer.url}/token`)
      yield* metadata(issuer.url)
      assert.strictEqual(issuer.countRequests("/.well-known/openid-configuration"), 1)
    }).pipe(Effect.provide(network()), Effect.scoped),
  )

  it.live("asks the RFC 8414 address, before the path, when there is no OpenID document", () =>
    Effect.gen(function* () {
      const server = yield* serving((request, response, origin) =>
        request.url === "/.well-known/oauth-authorization-server/tenant"
          ? json(response, 200, { issuer: `${origin}/tenant`, token_endpoint: `${origin}/t` })
          : response.writeHead(404).end(),
      )
      const found = yield* metadata(`${server.url}/tenant`)
      assert.strictEqual(found.tokenEndpoint, `${server.url}/t`)
    }).pipe(Effect.provide(network()), Effect.scoped),
  )

  it.live("refuses another issuer, to the slash", () =>
    Effect.gen(function* () {
      const server = yield* serving((_, response, origin) => json(response, 200, { issuer: `${origin}/` }))
      const reason = yield* reasonOf(metadata(server.url))
      assert.deepStrictEqual(reason, { _tag: "IssuerMismatch", expected: server.url, actual: `${server.url}/` })
    }).pipe(Effect.provide(network()), Effect.scoped),
  )

  it.live("keeps no failure", () =>
    Effect.gen(function* () {
      let broken = true
      const server = yield* serving((_, response, origin) =>
        broken ? response.writeHead(200).end("<html>") : json(response, 200, { issuer: origin }),
      )
      const reason = yield* reasonOf(metadata(server.url))
      assert.strictEqual(reason._tag, "MalformedResponse")
      broken = false
      assert.strictEqual((yield* metadata(server.url)).issuer, server.url)
    }).pipe(Effect.provide(network()), Effect.scoped),
  )

  const restless = Effect.fnUntraced(function* () {
    const world = { asked: 0, path: "old", broken: undefined as { readonly [header: string]: string } | undefined }
    const server = yield* serving((_, response, origin) => {
      world.asked++
      if (world.broken !== undefined) return response.writeHead(503, world.broken).end()
      return json(response, 200, { issuer: origin, token_endpoint: `${origin}/${world.path}` })
    })
    const path = Effect.map(metadata(server.url), ({ tokenEndpoint = "" }) => new URL(tokenEndpoint).pathname)
    return { world, path }
  })

  it.effect("serves the last metadata while no new one can be had, and asks again after a pause", () =>
    Effect.gen(function* () {
      const { world, path } = yield* restless()
      yield* path
      world.broken = {}
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(yield* path, "/old")
      // who asks while the issuer hangs waits for it, so that is not often
      yield* TestClock.adjust("299 seconds")
      assert.strictEqual(yield* path, "/old")
      assert.strictEqual(world.asked, 2)
      yield* TestClock.adjust("1 second")
      world.broken = undefined
      world.path = "new"
      assert.strictEqual(yield* path, "/new")
    }).pipe(Effect.provide(network()), Effect.scoped),
  )

  it.effect("waits for as long as the issuer asks to, while the last metadata serves", () =>
    Effect.gen(function* () {
      const { world, path } = yield* restless()
      yield* path
      world.broken = { "retry-after": "600" }
      yield* TestClock.adjust("1 hour")
      yield* path
      yield* TestClock.adjust("599 seconds")
      yield* path
      assert.strictEqual(world.asked, 2)
      yield* TestClock.adjust("1 second")
      yield* path
      assert.strictEqual(world.asked, 3)
    }).pipe(Effect.provide(network()), Effect.scoped),
  )

  const malformed: ReadonlyArray<readonly [string, unknown, RegExp]> = [
    ["no issuer", {}, /issuer is missing/],
    ["an issuer that is a number", { issuer: 7 }, /issuer is not a URL/],
    [
      "a token endpoint that is no URL",
      { issuer: "https://x", token_endpoint: "/token" },
      /token_endpoint is not a URL/,
    ],
    ["a list where an object belongs", [], /not a JSON object/],
    ["grant types that are no list", { issuer: "https://x", grant_types_supported: "a" }, /not a list of strings/],
  ]
  for (const [name, document, problem] of malformed) {
    it.live(`refuses a document with ${name}`, () =>
      Effect.gen(function* () {
        const server = yield* serving((_, response) => json(response, 200, document))
        const reason = yield* reasonOf(metadata(server.url))
        assert.strictEqual(reason._tag, "MalformedResponse")
        assert.match(reason._tag === "MalformedResponse" ? reason.problem : "", problem)
      }).pipe(Effect.provide(network()), Effect.scoped),
    )
  }

  it.effect("refuses an issuer with a query before it asks", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(metadata("https://issuer.example/?tenant=1"))
      assert.deepInclude(reason, { _tag: "InvalidOptions", field: "issuer" })
    }).pipe(Effect.provide(network({ fetch: () => Promise.reject(new Error("was asked")) }))),
  )
})
