import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { lockHeld } from "../../src/http/lock-held.ts"
import type { TargetInput } from "../../src/model/target.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { Lock, lockTimeout, memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { makeModelIssuer, modelClient } from "../support/model-issuer.ts"
import { begin, codeOf, loggedIn, opened, setOf, soon, token, valueOf } from "../support/model-login.ts"
import { pass } from "../support/ticks.ts"

describe("a login", () => {
  it.effect("serves the token it began with, then renews it once for everybody", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        assert.strictEqual(valueOf(yield* soon(token())), "access-0")
      }).pipe(Effect.provide(loggedIn(issuer)))
      assert.deepStrictEqual(issuer.sent, [])
    }).pipe(Effect.as(undefined)),
  )

  it.effect("1,000 callers of 5 targets at expiry spend each refresh token once, and none of them fails", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        const callers = Array.from({ length: 1000 }, (_, n) => token(`api-${n % 5}`))
        const tokens = yield* soon(Effect.all(callers, { concurrency: "unbounded" }))
        assert.strictEqual(new Set(tokens.map(valueOf)).size, 5)
        assert.strictEqual(issuer.sent.length, 5)
        assert.strictEqual(new Set(issuer.sent).size, 5)
      }).pipe(Effect.provide(loggedIn(issuer)))
    }),
  )

  it.effect("that cannot be renewed serves its own target too if it was begun for more of the same APIs", () =>
    Effect.gen(function* () {
      const wide = { audience: "a", scope: "openid read write" }
      const own = { audience: "a", scope: "read openid" }
      const cases: ReadonlyArray<readonly [TargetInput, TargetInput, boolean]> = [
        [wide, own, true],
        [wide, { audience: "a" }, true],
        [{ ...wide, scope: "read write" }, own, false],
        [{ ...wide, audience: "b" }, own, false],
        [{ ...wide, resource: "https://b.example" }, own, false],
        [{ ...wide, organization: "o" }, own, false],
      ]
      for (const [target, own, isServed] of cases) {
        const issuer = makeModelIssuer()
        const { refreshToken: _, ...set } = setOf("none")
        yield* Effect.gen(function* () {
          yield* Login.use((login) => login.begin({ ...set, expiresAt: 3_600_000 }, target))
          const { token } = yield* TokenProvider
          assert.strictEqual(valueOf(yield* token(target)), "access-0")
          const codes = codeOf(yield* Effect.exit(token(own)))
          assert.deepStrictEqual(codes, isServed ? [] : ["login_required"], JSON.stringify([target, own]))
        }).pipe(Effect.provide(loggedIn(issuer, memoryStoreLayer(), own)))
      }
    }),
  )

  it.effect("that can be renewed gets its own target a token of its own", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      const own = { audience: "a", scope: "read" }
      yield* Effect.gen(function* () {
        const set = setOf(issuer.login())
        yield* Login.use((login) => login.begin({ ...set, expiresAt: 3_600_000 }, { ...own, scope: "read write" }))
        assert.notStrictEqual(valueOf(yield* soon(TokenProvider.use(({ token }) => token(own)))), "access-0")
      }).pipe(Effect.provide(loggedIn(issuer, memoryStoreLayer(), own)))
      assert.strictEqual(issuer.sent.length, 1)
    }),
  )

  it.effect("is asked for when nobody is signed in", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      const exit = yield* soon(Effect.exit(token())).pipe(Effect.provide(loggedIn(issuer)))
      assert.deepStrictEqual(codeOf(exit), ["login_required"])
    }),
  )

  it.effect("that the issuer has ended is gone, and says so", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      yield* Effect.gen(function* () {
        yield* Login.use((login) => login.begin(setOf("revoked"), {}))
        yield* pass(5000)
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["login_required"])
        assert.isUndefined(yield* Login.use((login) => login.current))
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["login_required"])
        assert.deepStrictEqual(issuer.sent, ["revoked"])
      }).pipe(Effect.provide(loggedIn(issuer)))
    }),
  )

  it.effect("survives an issuer that is away, and does not send the token blindly again", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        issuer.fate = () => "lost-before"
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["unreachable"])
        assert.strictEqual(issuer.sent.length, 1)
        issuer.fate = () => "answered"
        assert.match(valueOf(yield* soon(token())), /^access-/)
      }).pipe(Effect.provide(loggedIn(issuer)))
    }),
  )

  it.effect("keeps the refresh token of an answer of which nothing else can be used", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        issuer.fate = () => "answered-badly"
        for (let turn = 0; turn < 2; turn++) {
          assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["malformed_response"])
        }
        issuer.fate = () => "answered"
        assert.match(valueOf(yield* soon(token())), /^access-/)
      }).pipe(Effect.provide(loggedIn(issuer)))
      assert.strictEqual(new Set(issuer.sent).size, 3)
      assert.deepStrictEqual(issuer.reused, [])
    }),
  )

  it.effect("does not wait for what the login before it was told to", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        issuer.fate = () => "asks-to-wait"
        const told = yield* soon(Effect.exit(token()))
        assert.deepStrictEqual(codeOf(told), ["rate_limited"])
        issuer.fate = () => "answered"
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["rate_limited"])
        assert.strictEqual(issuer.sent.length, 1)
        yield* begin(issuer)
        assert.match(valueOf(yield* soon(token("b"))), /^access-/)
      }).pipe(Effect.provide(loggedIn(issuer)))
    }),
  )

  it.effect("ended while a renewal is under way discards what comes back", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer(5000)
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        const caller = yield* Effect.forkChild(Effect.exit(token()))
        yield* pass(1000)
        yield* Login.use((login) => login.end())
        yield* pass(60_000)
        assert.deepStrictEqual(codeOf(yield* Fiber.join(caller)), ["login_required"])
        assert.isUndefined(yield* Login.use((login) => login.current))
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["login_required"])
        assert.strictEqual(issuer.sent.length, 1)
      }).pipe(Effect.provide(loggedIn(issuer)))
    }),
  )

  it.effect("is signed out although the issuer forgets no tokens", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        const before = yield* Login.use((login) => login.current)
        assert.match(before?.id ?? "", /^[\da-f-]{36}$/)
        yield* Login.use((login) => login.signOut)
        assert.isUndefined(yield* Login.use((login) => login.current))
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["login_required"])
      }).pipe(Effect.provide(loggedIn(issuer)))
    }),
  )

  it.effect("is renewed to the end although everybody who waited has left", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer(5000)
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        const caller = yield* Effect.forkChild(token())
        yield* pass(1000)
        yield* Fiber.interrupt(caller)
        yield* pass(60_000)
        assert.match(valueOf(yield* soon(token())), /^access-/)
        assert.strictEqual(issuer.sent.length, 1)
      }).pipe(Effect.provide(loggedIn(issuer)))
    }),
  )

  it.effect("that the issuer has ended is gone although everybody who waited has left, the client too", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer(5000)
      for (const leave of ["the caller", "the client"]) {
        const { services, close } = yield* opened(issuer)
        const run = <A, E>(effect: Effect.Effect<A, E, Login | TokenProvider | TokenStore>) =>
          Effect.provideContext(effect, services)
        yield* run(Login.use((login) => login.begin(setOf("revoked"), { audience: "a" })))
        yield* pass(5000)
        const caller = yield* Effect.forkChild(run(token()))
        yield* pass(1000)
        yield* Effect.forkChild(leave === "the client" ? close : Fiber.interrupt(caller))
        yield* pass(60_000)
        assert.isUndefined(yield* run(TokenStore.use((store) => store.get("login"))), leave)
      }
      assert.strictEqual(issuer.sent.length, 2)
    }),
  )

  it.effect("of another process is found in the store instead of spending the token again", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      const store = Layer.succeed(TokenStore, yield* Effect.provide(TokenStore, memoryStoreLayer()))
      const lock = Layer.succeed(Lock, yield* Effect.provide(Lock, memoryLockLayer))
      const process = loginLayer({ client: modelClient, key: "login" }).pipe(
        Layer.provideMerge(Layer.mergeAll(issuer.network, store, lock)),
      )
      yield* Effect.provide(begin(issuer), process)
      yield* pass(5000)
      const all = Array.from({ length: 8 }, () => Effect.provide(token(), Layer.fresh(process)))
      const tokens = yield* soon(Effect.all(all, { concurrency: "unbounded" }))
      assert.strictEqual(new Set(tokens.map(valueOf)).size, 1)
      assert.strictEqual(issuer.sent.length, 1)
    }),
  )

  it.effect("does not send its refresh token when the lock around it may have passed on", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      let lost = true
      const check = Effect.suspend(() => (lost ? lockTimeout("the work under it", Duration.seconds(10)) : Effect.void))
      const lock = Layer.effect(
        Lock,
        Effect.map(Lock, ({ withLock }): Lock["Service"] => ({
          withLock: (name, work, options) => withLock(name, Effect.provideService(work, lockHeld, check), options),
        })),
      ).pipe(Layer.provide(memoryLockLayer))
      const layer = loginLayer({ client: modelClient, key: "login" }).pipe(
        Layer.provideMerge(Layer.mergeAll(issuer.network, memoryStoreLayer(), lock)),
      )
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["lock_timeout"])
        assert.deepStrictEqual(issuer.sent, [])
        lost = false
        assert.match(valueOf(yield* soon(token())), /^access-/)
        assert.strictEqual(issuer.sent.length, 1)
      }).pipe(Effect.provide(layer))
    }),
  )
})
