import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import { AcquireError } from "../../src/errors/acquire-error.ts"
import type { TokenSet } from "../../src/model/token-set.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import type { Renewal } from "../../src/provide/renew-login.ts"
import type { TokenProvider } from "../../src/provide/token-provider.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { makeModelIssuer, modelClient } from "../support/model-issuer.ts"
import { codeOf, setOf, soon, token, valueOf } from "../support/model-login.ts"
import { pass } from "../support/ticks.ts"

const idToken = (sub: string) =>
  Redacted.make(
    [{ alg: "RS256" }, { iss: modelClient.issuer, sub, aud: "me" }, "signature"]
      .map((part) => Base64Url.encode(JSON.stringify(part)))
      .join("."),
  )

/** What somebody signs in with; with a refresh token only where one is given. */
const beginning = (refreshToken?: string): TokenSet => {
  const { refreshToken: _, ...set } = { ...setOf("none"), idToken: idToken("alice") }
  return refreshToken === undefined ? set : { ...set, refreshToken: Redacted.make(refreshToken) }
}

/** A login with a renewal beside the refresh token. */
const makeWorld = (renewed: Partial<TokenSet> = {}) => {
  const issuer = makeModelIssuer()
  const asked: Array<string | undefined> = []
  const world = {
    issuer,
    asked,
    answer: Effect.map(Clock.currentTimeMillis, (now): TokenSet => {
      const times = { receivedAt: now, expiresAt: now + 600_000 }
      return { ...beginning(), accessToken: Redacted.make(`new-${asked.length}`), ...times, ...renewed }
    }) as Effect.Effect<TokenSet, AcquireError>,
  }
  const renewal: Renewal = ({ claims }, { audiences }) =>
    Effect.suspend(() => {
      asked.push(`${claims?.sub} ${audiences.join(" ")}`)
      return world.answer
    })
  const layer = loginLayer({ client: modelClient, key: "login", renewal }).pipe(
    Layer.provideMerge(Layer.mergeAll(issuer.network, memoryStoreLayer(), memoryLockLayer)),
  )
  return { world, layer }
}

const signIn = (set: TokenSet) => Login.use((login) => login.begin(set, { audience: "a" }))
const current = Login.use((login) => login.current)
const rejected = new AcquireError({
  reason: { _tag: "Rejected", code: "invalid_grant", url: "https://issuer.example/token", status: 400, error: "x" },
})

describe("a login with a renewal of its own", () => {
  it.effect("gets new tokens without a refresh token, once for all who ask, and stays the same login", () =>
    Effect.gen(function* () {
      const { world, layer } = makeWorld()
      yield* Effect.gen(function* () {
        yield* signIn(beginning())
        const before = yield* current
        yield* pass(5000)
        const tokens = yield* soon(Effect.all([token(), token(), token()], { concurrency: "unbounded" }))
        assert.deepStrictEqual(tokens.map(valueOf), ["new-1", "new-1", "new-1"])
        assert.strictEqual((yield* current)?.id, before?.id)
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(world.asked, ["alice a"])
      assert.deepStrictEqual(world.issuer.sent, [])
    }),
  )

  it.effect("goes by its refresh token as long as the issuer takes it", () =>
    Effect.gen(function* () {
      const { world, layer } = makeWorld()
      yield* Effect.gen(function* () {
        yield* signIn(beginning(world.issuer.login()))
        yield* pass(5000)
        assert.match(valueOf(yield* soon(token())), /^access-/)
        assert.deepStrictEqual(world.asked, [])
        yield* signIn(beginning("revoked"))
        yield* pass(5000)
        assert.strictEqual(valueOf(yield* soon(token())), "new-1")
        assert.strictEqual(valueOf(yield* soon(token("b"))), "new-2")
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(world.asked, ["alice a", "alice b"])
      assert.deepStrictEqual(world.issuer.sent, ["refresh-1", "revoked"])
    }),
  )

  it.effect("goes by the refresh token again that the renewal has brought", () =>
    Effect.gen(function* () {
      const { world, layer } = makeWorld({ refreshToken: Redacted.make("refresh-1") })
      world.issuer.login()
      yield* Effect.gen(function* () {
        yield* signIn(beginning())
        yield* pass(5000)
        assert.strictEqual(valueOf(yield* soon(token())), "new-1")
        assert.match(valueOf(yield* soon(token("b"))), /^access-/)
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(world.issuer.sent, ["refresh-1"])
    }),
  )

  it.effect("is kept when the renewal fails, also where that was refused a grant of its own", () =>
    Effect.gen(function* () {
      const { world, layer } = makeWorld()
      const because = "the issuer wants the person to act"
      const asked = new AcquireError({ reason: { _tag: "LoginRequired", because, error: "login_required" } })
      yield* Effect.gen(function* () {
        yield* signIn(beginning())
        yield* pass(5000)
        for (const error of [asked, rejected]) {
          world.answer = Effect.fail(error)
          assert.deepStrictEqual(yield* soon(Effect.flip(token())), error)
          assert.strictEqual((yield* current)?.claims?.sub, "alice")
        }
      }).pipe(Effect.provide(layer))
      assert.strictEqual(world.asked.length, 2)
    }),
  )

  it.effect("never becomes somebody else's", () =>
    Effect.gen(function* () {
      const { layer } = makeWorld({ idToken: idToken("mallory"), refreshToken: Redacted.make("refresh-of-mallory") })
      yield* Effect.gen(function* () {
        yield* signIn(beginning())
        yield* pass(5000)
        const { reason } = yield* soon(Effect.flip(token()))
        assert(reason._tag === "IdTokenRefused", reason._tag)
        assert.deepInclude(reason.because, { _tag: "ClaimMismatch", claim: "sub" })
        assert.strictEqual((yield* current)?.claims?.sub, "alice")
        const kept = yield* TokenStore.use((store) => store.get("login"))
        assert.notMatch(kept?.value ?? "", /new-1|mallory/)
      }).pipe(Effect.provide(layer))
    }),
  )

  describe("that may be interrupted", () => {
    /** Somebody waits for a renewal that never ends by itself; how often it was stopped. */
    const waiting = Effect.gen(function* () {
      const { world, layer } = makeWorld()
      const stopped = { times: 0 }
      world.answer = Effect.interruptible(
        Effect.onInterrupt(Effect.never, () => Effect.sync(() => void (stopped.times += 1))),
      )
      const scope = yield* Scope.make()
      const services = yield* Layer.buildWithScope(layer, scope)
      const run = <A, E>(effect: Effect.Effect<A, E, Login | TokenProvider>) => Effect.provideContext(effect, services)
      yield* run(signIn(beginning()))
      yield* pass(5000)
      const caller = yield* Effect.forkChild(Effect.exit(run(token())))
      yield* pass(1000)
      assert.strictEqual(world.asked.length, 1)
      return { world, stopped, scope, run, caller }
    })

    it.effect("goes with the client", () =>
      Effect.gen(function* () {
        const { stopped, scope } = yield* waiting
        yield* Scope.close(scope, Exit.void)
        assert.strictEqual(stopped.times, 1)
      }),
    )

    it.effect("goes with the last who waits for it, and the next one asks anew", () =>
      Effect.gen(function* () {
        const { world, stopped, scope, run, caller } = yield* waiting
        const other = yield* Effect.forkChild(Effect.exit(run(token())))
        yield* pass(1000)
        yield* Fiber.interrupt(caller)
        assert.strictEqual(stopped.times, 0)
        yield* Fiber.interrupt(other)
        yield* pass(1000)
        assert.strictEqual(stopped.times, 1)
        world.answer = Effect.succeed({ ...beginning(), expiresAt: 600_000 })
        assert.strictEqual(valueOf(yield* soon(run(token()))), "access-0")
        yield* Scope.close(scope, Exit.void)
      }),
    )
  })

  it.effect("gives up with the lock's lease", () =>
    Effect.gen(function* () {
      const { world, layer } = makeWorld()
      world.answer = Effect.interruptible(Effect.never)
      yield* Effect.gen(function* () {
        yield* signIn(beginning())
        yield* pass(5000)
        assert.deepStrictEqual(codeOf(yield* soon(Effect.exit(token()))), ["lock_timeout"])
      }).pipe(Effect.provide(layer))
    }),
  )
})
