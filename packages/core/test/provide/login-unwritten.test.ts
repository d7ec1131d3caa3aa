import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { StoreError } from "../../src/errors/store-error.ts"
import { type KeyValueStorage, keyValueStore } from "../../src/store/key-value.ts"
import { Lock } from "../../src/store/lock.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { makeModelIssuer } from "../support/model-issuer.ts"
import { begin, codeOf, loggedIn, opened, soon, token, valueOf } from "../support/model-login.ts"
import { asyncStorage } from "../support/storage.ts"
import { pass } from "../support/ticks.ts"

describe("a login", () => {
  it.effect("that is closed while its refresh token is being spent writes the successor first", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer(5000)
      const { services, close } = yield* opened(issuer)
      yield* Effect.provideContext(begin(issuer), services)
      yield* pass(5000)
      yield* Effect.forkChild(Effect.exit(Effect.provideContext(token(), services)))
      yield* pass(1000)
      const closing = yield* Effect.forkChild(close)
      yield* pass(1000)
      assert.isUndefined(closing.pollUnsafe())
      yield* pass(10_000)
      yield* Fiber.join(closing)
      const kept = yield* Context.get(services, TokenStore).get("login")
      assert.include(kept?.value, '"refreshToken":"refresh-2"')
      assert.deepStrictEqual(issuer.sent, ["refresh-1"])
    }),
  )

  it.effect("that is closed before its refresh token is spent keeps nobody waiting, and spends none", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      const { services, close } = yield* opened(issuer)
      yield* Effect.provideContext(begin(issuer), services)
      yield* pass(5000)
      yield* Effect.forkChild(Context.get(services, Lock).withLock("renew:login", Effect.never))
      yield* Effect.forkChild(Effect.exit(Effect.provideContext(token(), services)))
      yield* pass(1000)
      yield* close
      yield* pass(60_000)
      assert.deepStrictEqual(issuer.sent, [])
    }),
  )

  it.effect("is not blocked by a write of the storage that never ends", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      const storage = asyncStorage()
      let writes = Infinity
      const stuck: KeyValueStorage = {
        ...storage,
        setItem: (key, value) => (writes-- > 0 ? storage.setItem(key, value) : new Promise(() => {})),
      }
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        writes = 1
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["lock_timeout"])
        assert.strictEqual(issuer.sent.length, 1)
        writes = Infinity
        assert.match(valueOf(yield* soon(token())), /^access-/)
        assert.deepStrictEqual(issuer.reused, [])
      }).pipe(
        Effect.provide(
          loggedIn(
            issuer,
            keyValueStore(() => stuck),
          ),
        ),
      )
    }),
  )

  it.effect("writes a successor that could not be written, also when another process has claimed the login since", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      let writes = Infinity
      const full = Effect.suspend(() => {
        const reason = { _tag: "StoreUnavailable", operation: "put" } as const
        return writes-- > 0 ? Effect.void : Effect.fail(new StoreError({ reason }))
      })
      const inner = yield* Effect.provide(TokenStore, memoryStoreLayer())
      const store = Layer.succeed(TokenStore, {
        ...inner,
        put: (...args: Parameters<typeof inner.put>) => Effect.andThen(full, inner.put(...args)),
      })
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        writes = 1
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["store_unavailable"])
        assert.strictEqual(issuer.sent.length, 1)
        yield* inner.put("login", (yield* inner.get("login"))!.value)
        writes = Infinity
        assert.match(valueOf(yield* soon(token())), /^access-/)
        assert.deepStrictEqual(issuer.reused, [])
      }).pipe(Effect.provide(loggedIn(issuer, store)))
    }),
  )

  it.effect("lets go of access tokens where there is no room for them beside the new refresh token", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      const inner = yield* Effect.provide(TokenStore, memoryStoreLayer())
      let room = Infinity
      const store = Layer.succeed(TokenStore, {
        ...inner,
        put: (...[key, value, options]: Parameters<typeof inner.put>) => {
          const reason = { _tag: "StoreUnavailable", operation: "put" } as const
          return value.length > room ? Effect.fail(new StoreError({ reason })) : inner.put(key, value, options)
        },
      })
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* soon(token("a"))
        room = (yield* inner.get("login"))!.value.length
        assert.match(valueOf(yield* soon(token("b"))), /^access-/)
        const kept = (yield* inner.get("login"))!.value
        assert.include(kept, `"refreshToken":"refresh-${issuer.sent.length + 1}"`)
        assert.include(kept, '"sets":[]')
      }).pipe(Effect.provide(loggedIn(issuer, store)))
      yield* Effect.provide(soon(token("b")), loggedIn(issuer, store))
      assert.deepStrictEqual(issuer.reused, [])
    }),
  )

  it.effect("does not spend a refresh token whose successor could not be written", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      let readOnly = false
      const store = Layer.effect(
        TokenStore,
        Effect.map(TokenStore, (real) => ({
          ...real,
          put: (...args: Parameters<typeof real.put>) =>
            readOnly
              ? Effect.fail(new StoreError({ reason: { _tag: "StoreUnavailable", operation: "put" } }))
              : real.put(...args),
        })),
      ).pipe(Layer.provide(memoryStoreLayer()))
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        readOnly = true
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["store_unavailable"])
        assert.deepStrictEqual(issuer.sent, [])
        readOnly = false
        assert.match(valueOf(yield* soon(token())), /^access-/)
      }).pipe(Effect.provide(loggedIn(issuer, store)))
    }),
  )
})
