import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { password } from "../../src/acquire/password.ts"
import { ApiClient, apiClientLayer } from "../../src/call/api-client.ts"
import { Delegation, delegationLayer } from "../../src/delegate/delegation.ts"
import type { Token } from "../../src/model/token-set.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { acquireWithRetries } from "../../src/provide/renewal.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider, tokenProviderLayer } from "../../src/provide/token-provider.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { makeVerifier } from "../../src/verify/access-token.ts"
import { issuerKeys } from "../../src/verify/issuer-keys.ts"
import { many, numbered, providing, token } from "../support/numbered-flow.ts"
import { observe } from "../support/observed.ts"
import { startServer } from "../support/server.ts"
import { sharedStore } from "../support/shared-store.ts"
import { alice, network, orders, secretOf, startTestIssuer } from "../support/world.ts"

const issuing = Effect.acquireRelease(Effect.promise(startTestIssuer), (it) => Effect.promise(() => it.close()))
const as = (issuer: string, clientId: string) => ({
  issuer,
  clientId,
  clientAuth: clientSecretBasic(secretOf(clientId)),
})
const target = { audience: orders, scope: "read" }
const memory = memoryStoreLayer()

describe("a token provider is observed", () => {
  it.live("100 callers at once: one acquired, 99 coalesced; afterwards each is a hit in memory", () =>
    Effect.gen(function* () {
      const issuer = yield* issuing
      const observed = observe()
      const layer = tokenProviderLayer({ client: as(issuer.url, "basic"), flow: clientCredentials() }).pipe(
        Layer.provide([network(), sharedStore()]),
        Layer.provide(observed.layer),
      )
      yield* Effect.gen(function* () {
        yield* many(100, token(target))
        assert.strictEqual(observed.counted("acquired", { grant: "client_credentials" }), 1)
        assert.strictEqual(observed.counted("coalesced", { work: "token" }), 99)
        assert.strictEqual(observed.counted("cache_hit"), 0)
        yield* many(3, token(target))
        const provider = yield* TokenProvider
        assert.isDefined(provider.peek(target))
        assert.isUndefined(provider.peek({ audience: "another" }))
        assert.strictEqual(observed.counted("cache_hit", { level: "memory" }), 4)
        assert.strictEqual(observed.counted("acquired"), 1)
      }).pipe(Effect.provide(layer))
      const { url } = issuer
      const details = { grant: "client_credentials", issuer: url, client_id: "basic", audience: orders }
      assert.deepStrictEqual(
        observed.spans("oauth.token").map(({ attributes, failure }) => ({ attributes, failure })),
        [{ attributes: details, failure: undefined }],
      )
      assert.deepStrictEqual(
        observed.spans("oauth.discovery").map(({ attributes }) => attributes),
        [{ issuer: url }],
      )
      assert.deepStrictEqual(
        observed.spans("http.request").map(({ attributes }) => attributes),
        [
          { method: "GET", url: `${url}/.well-known/openid-configuration`, status: 200 },
          { method: "POST", url: `${url}/token`, status: 200 },
        ],
      )
      assert.deepStrictEqual(
        observed.spans("oauth.store").map(({ attributes }) => attributes),
        [{ operation: "get" }, { operation: "put" }],
      )
    }).pipe(Effect.scoped),
  )

  it.effect("a hit in the store, a renewal in the background", () =>
    Effect.gen(function* () {
      const observed = observe()
      const { flow } = numbered({ lifetimeMillis: 100_000 })
      const store = sharedStore()
      const again = () => Layer.fresh(providing(flow, store)).pipe(Layer.provide(observed.layer))
      yield* Effect.provide(token(), again())
      yield* Effect.gen(function* () {
        yield* token()
        assert.strictEqual(observed.counted("cache_hit", { level: "store" }), 1)
        assert.strictEqual(observed.counted("acquired"), 1)
        yield* TestClock.adjust(89_000)
        yield* many(5, token())
        assert.strictEqual(observed.counted("soft_refresh"), 1)
        assert.strictEqual(observed.counted("cache_hit", { level: "memory" }), 5)
      }).pipe(Effect.provide(again()))
    }),
  )

  it.live("failures by their reason", () =>
    Effect.gen(function* () {
      const issuer = yield* issuing
      const observed = observe()
      const wrong = { ...as(issuer.url, "basic"), clientAuth: clientSecretBasic("wrong") }
      const layer = tokenProviderLayer({ client: wrong, flow: clientCredentials() }).pipe(
        Layer.provide([network(), memory]),
        Layer.provide(observed.layer),
      )
      yield* Effect.provide(many(10, Effect.flip(token(target))), layer)
      assert.strictEqual(observed.counted("failed", { grant: "client_credentials", code: "invalid_client" }), 1)
      assert.strictEqual(observed.counted("acquired"), 0)
      assert.strictEqual(observed.spans("oauth.token")[0]?.failure, "invalid_client")
    }).pipe(Effect.scoped),
  )
})

describe("a login is observed", () => {
  it.live("its renewal, and that it was renewed", () =>
    Effect.gen(function* () {
      const issuer = yield* issuing
      const observed = observe()
      const client = as(issuer.url, "rotating")
      const layer = loginLayer({ client, key: "alice's login" }).pipe(
        Layer.provideMerge(network()),
        Layer.provide([memory, memoryLockLayer]),
        Layer.provideMerge(observed.layer),
      )
      yield* Effect.gen(function* () {
        const first = {
          audiences: [orders],
          resources: [],
          scopes: ["offline_access", "read"],
          organization: undefined,
        }
        const set = yield* acquireWithRetries(password(alice), client, first)
        const login = yield* Login
        yield* login.begin(set, { audience: orders, scope: "offline_access read" })
        yield* token({ audience: orders, scope: "offline_access read" })
        assert.strictEqual(observed.counted("cache_hit", { level: "store" }), 1)
        yield* token({ audience: orders, scope: "read" })
      }).pipe(Effect.provide(layer))
      assert.strictEqual(observed.counted("renewed"), 1)
      assert.strictEqual(observed.counted("acquired", { grant: "refresh_token" }), 1)
      const details = { issuer: issuer.url, client_id: "rotating", audience: orders }
      assert.deepStrictEqual(observed.spans("oauth.renew_login")[0]?.attributes, details)
      assert.notInclude(JSON.stringify(observed.events), "alice")
    }).pipe(Effect.scoped),
  )
})

describe("a delegation is observed", () => {
  it.live("one trade, the callers who joined it, and the hits afterwards", () =>
    Effect.gen(function* () {
      const issuer = yield* issuing
      const observed = observe()
      const client = as(issuer.url, "orders-service")
      const trading = delegationLayer({
        client,
        wire: () => Effect.succeed(numbered({ before: Effect.yieldNow }).flow),
      }).pipe(Layer.provide([network(), memory]), Layer.provide(observed.layer))
      const subject = "somebody's token, of which nothing is told".replaceAll(" ", "-")
      const delegate = Delegation.use((delegation) => delegation.delegate(subject, { audience: "ledger" }))
      yield* Effect.provide(Effect.andThen(many(10, delegate), many(4, delegate)), trading)
      assert.strictEqual(observed.counted("coalesced", { work: "delegate" }), 9)
      assert.strictEqual(observed.counted("cache_hit", { level: "memory" }), 4)
      const details = { issuer: issuer.url, client_id: "orders-service", audience: "ledger" }
      assert.deepStrictEqual(
        observed.spans("oauth.delegate").map(({ attributes }) => attributes),
        [details],
      )
      assert.notInclude(JSON.stringify(observed.events), subject)
    }).pipe(Effect.scoped),
  )
})

describe("a call of an API is observed", () => {
  const held = (value: string): Token => ({ value: Redacted.make(value), type: "Bearer", expiresAt: 9e15, scopes: [] })
  const provider = Layer.succeed(TokenProvider, {
    token: () => Effect.succeed(held("first-token-of-the-api")),
    renew: () => Effect.succeed(held("second-token-of-the-api")),
    peek: () => undefined,
    held: () => [],
    forget: Effect.void,
  })

  it.live("by method, origin and status, without path, query or token; and that it was sent again", () =>
    Effect.gen(function* () {
      const server = yield* Effect.acquireRelease(
        Effect.promise(() =>
          startServer(({ headers }, response) => {
            response.writeHead(headers.authorization?.includes("second") ? 200 : 401).end()
          }),
        ),
        (it) => Effect.promise(() => it[Symbol.asyncDispose]()),
      )
      const observed = observe()
      const layer = apiClientLayer({ [server.url]: {} }).pipe(
        Layer.provide([network(), provider]),
        Layer.provide(observed.layer),
      )
      const fetch = ApiClient.use((api) => api.fetch(`${server.url}/hidden?also=hidden`, { method: "PUT" }))
      yield* Effect.provide(fetch, layer)
      assert.deepStrictEqual(
        observed.spans("api.call").map(({ attributes }) => attributes),
        [401, 200].map((status) => ({ method: "PUT", origin: server.url, status })),
      )
      assert.strictEqual(observed.counted("api_retry", { origin: server.url }), 1)
      assert.notMatch(JSON.stringify(observed.events), /hidden|token-of/)
    }).pipe(Effect.scoped),
  )

  it.live("that it could not be reached", () =>
    Effect.gen(function* () {
      const observed = observe()
      const origin = "http://127.0.0.1:9"
      const layer = apiClientLayer({ [origin]: {} }).pipe(
        Layer.provide([network(), provider]),
        Layer.provide(observed.layer),
      )
      yield* Effect.flip(
        Effect.provide(
          ApiClient.use((api) => api.fetch(origin)),
          layer,
        ),
      )
      assert.deepInclude(observed.spans("api.call")[0], {
        attributes: { method: "GET", origin },
        failure: "unreachable",
      })
    }),
  )
})

describe("a verifier is observed", () => {
  it.live("when it fetches keys, and not when it checks a token", () =>
    Effect.gen(function* () {
      const issuer = yield* issuing
      const observed = observe()
      yield* Effect.gen(function* () {
        const first = { audiences: [orders], resources: [], scopes: [], organization: undefined }
        const set = yield* acquireWithRetries(clientCredentials(), as(issuer.url, "basic"), first)
        const verifier = yield* makeVerifier({ issuer: issuer.url, audience: orders, keys: issuerKeys() })
        const verify = Effect.promise(async () => verifier.verify(Redacted.value(set.accessToken)))
        yield* verify
        const before = observed.events.length
        yield* verify
        assert.strictEqual(observed.events.length, before)
      }).pipe(Effect.provide(network()), Effect.provide(observed.layer))
      assert.deepStrictEqual(
        observed.spans("oauth.keys").map(({ attributes }) => attributes),
        [{ url: `${issuer.url}/jwks` }],
      )
    }).pipe(Effect.scoped),
  )
})
