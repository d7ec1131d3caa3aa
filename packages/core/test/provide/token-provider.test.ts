import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { AcquireError, type AcquireReason } from "../../src/errors/acquire-error.ts"
import { StoreError } from "../../src/errors/store-error.ts"
import type { TargetInput } from "../../src/model/target.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { TokenProvider, tokenProviderLayer } from "../../src/provide/token-provider.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { network, orders, secretOf, startTestIssuer } from "../support/world.ts"

import { many, numbered, providing, renew, token, valueOf } from "../support/numbered-flow.ts"

const never = () => Effect.die("the store was asked")
const inProcess = Layer.succeed(TokenStore, { inProcess: true, get: never, put: never, remove: never })

describe("token", () => {
  it.live("100 concurrent callers on a cold provider cost one request at the real issuer, for 10 targets ten", () =>
    Effect.gen(function* () {
      const issuer = yield* Effect.acquireRelease(Effect.promise(startTestIssuer), (it) =>
        Effect.promise(() => it.close()),
      )
      const real = { issuer: issuer.url, clientId: "basic", clientAuth: clientSecretBasic(secretOf("basic")) }
      const layer = tokenProviderLayer({ client: real, flow: clientCredentials() }).pipe(
        Layer.provide([network(), memoryStoreLayer()]),
      )
      yield* Effect.gen(function* () {
        const tokens = yield* many(100, token({ audience: orders, scope: "read" }))
        assert.strictEqual(new Set(tokens.map(valueOf)).size, 1)
        assert.strictEqual(issuer.countRequests("/token"), 1)
      }).pipe(Effect.provide(layer))
      const scopes = ["read", "write", "read write"]
      const targets = Array.from({ length: 10 }, (_, n) => ({
        audience: orders,
        scope: scopes[n % 3],
        organization: `o${n}`,
      }))
      yield* Effect.gen(function* () {
        yield* Effect.all(
          targets.flatMap((target) => Array.from({ length: 10 }, () => token(target))),
          {
            concurrency: "unbounded",
          },
        )
        assert.strictEqual(issuer.countRequests("/token"), 11)
      }).pipe(Effect.provide(layer))
    }).pipe(Effect.scoped),
  )

  it.effect("is the same for equal targets, however they are written, and not for others", () =>
    Effect.gen(function* () {
      const { flow, asked } = numbered()
      yield* Effect.gen(function* () {
        const one = yield* token({ audience: "a", scope: "x y" })
        for (const same of [
          { audience: ["a"], scope: ["y", "x"] },
          { audience: ["a", "a"], scope: " y  x y " },
        ]) {
          assert.strictEqual(valueOf(yield* token(same)), valueOf(one))
        }
        const others = [{ audience: "a" }, { audience: "a", scope: "x" }, { resource: "https://a", scope: "x y" }]
        for (const other of others) assert.notStrictEqual(valueOf(yield* token(other)), valueOf(one))
        assert.notStrictEqual(valueOf(yield* token({ audience: "a", scope: "x y", organization: "o" })), valueOf(one))
      }).pipe(Effect.provide(providing(flow)))
      assert.strictEqual(asked.length, 5)
    }),
  )

  it.effect("is at once the old one when it is about to end, and soon the new one", () =>
    Effect.gen(function* () {
      for (const [lifetimeMillis, early, late] of [
        [3_600_000, 2_590_000, 3_170_000],
        [60_000, 26_000, 34_000],
      ] as const) {
        const renewed = yield* Deferred.make<void>()
        const gate = yield* Deferred.make<void>()
        let first = true
        const before = Effect.suspend(() => {
          if (!first) return Effect.andThen(Deferred.succeed(renewed, undefined), Deferred.await(gate))
          first = false
          return Effect.void
        })
        const { flow, asked } = numbered({ lifetimeMillis, before })
        yield* Effect.gen(function* () {
          assert.strictEqual(valueOf(yield* token()), "token 1")
          yield* TestClock.adjust(early)
          assert.strictEqual(valueOf(yield* token()), "token 1")
          assert.strictEqual(asked.length, 1)
          yield* TestClock.adjust(late - early)
          assert.deepStrictEqual(
            (yield* many(50, token())).map(valueOf),
            Array.from({ length: 50 }, () => "token 1"),
          )
          yield* Deferred.await(renewed)
          assert.strictEqual(valueOf(yield* token()), "token 1")
          yield* Deferred.succeed(gate, undefined)
          while (valueOf(yield* token()) === "token 1") yield* Effect.yieldNow
          assert.strictEqual(valueOf(yield* token()), "token 2")
          assert.strictEqual(asked.length, 2)
        }).pipe(Effect.provide(providing(flow)))
      }
    }),
  )

  it.effect("is kept when its renewal in the background fails, until it really ends", () =>
    Effect.gen(function* () {
      const lost = new AcquireError({ reason: { _tag: "Unreachable", url: "https://issuer.example/token" } })
      let first = true
      const before = Effect.suspend(() => {
        if (!first) return Effect.fail(lost)
        first = false
        return Effect.void
      })
      const { flow } = numbered({ lifetimeMillis: 60_000, before, replay: "never" })
      yield* Effect.gen(function* () {
        yield* token()
        for (let second = 0; second < 53; second++) {
          yield* TestClock.adjust("1 second")
          assert.strictEqual(valueOf(yield* token()), "token 1")
        }
        yield* TestClock.adjust("1 second")
        assert.strictEqual((yield* Effect.flip(token())).reason._tag, "Unreachable")
      }).pipe(Effect.provide(providing(flow)))
    }),
  )

  it.effect("outlives its provider in a store, but not for another client, flow or subject", () =>
    Effect.gen(function* () {
      const store = Layer.succeed(TokenStore, yield* Effect.provide(TokenStore, memoryStoreLayer()))
      const { flow } = numbered({ identity: ["alice"] })
      yield* Effect.provide(token(), providing(flow, store))
      assert.strictEqual(
        valueOf(yield* Effect.provide(token(), providing(numbered({ identity: ["alice"] }).flow, store))),
        "token 1",
      )
      const bob = numbered({ identity: ["bob"] })
      yield* Effect.provide(token(), providing(bob.flow, store))
      assert.strictEqual(bob.asked.length, 1)
    }),
  )

  it.effect("reaches those who wait when one of them leaves", () =>
    Effect.gen(function* () {
      const gate = yield* Deferred.make<void>()
      const { flow, asked } = numbered({ before: Deferred.await(gate) })
      yield* Effect.gen(function* () {
        const leaver = yield* Effect.forkChild(token())
        const stayers = yield* Effect.forkChild(many(10, token()))
        yield* Effect.yieldNow
        yield* Fiber.interrupt(leaver)
        yield* Deferred.succeed(gate, undefined)
        const tokens = yield* Fiber.join(stayers)
        assert.deepStrictEqual(new Set(tokens.map(valueOf)), new Set(["token 1"]))
        assert.strictEqual(asked.length, 1)
      }).pipe(Effect.provide(providing(flow)))
    }),
  )

  it.effect("shares a failure with those who wait, and does not keep it", () =>
    Effect.gen(function* () {
      const reason: AcquireReason = {
        _tag: "Rejected",
        code: "invalid_client",
        url: "u",
        status: 401,
        error: "invalid_client",
      }
      let broken = true
      const before = Effect.suspend(() => (broken ? Effect.fail(new AcquireError({ reason })) : Effect.void))
      const { flow, asked } = numbered({ before: Effect.andThen(Effect.yieldNow, before) })
      yield* Effect.gen(function* () {
        const failures = yield* many(10, Effect.flip(token()))
        assert.isTrue(failures.every((failure) => failure.reason === reason))
        assert.strictEqual(asked.length, 1)
        broken = false
        yield* TestClock.adjust("5 seconds")
        assert.strictEqual(valueOf(yield* token()), "token 2")
      }).pipe(Effect.provide(providing(flow)))
    }),
  )

  for (const [replay, requests] of [
    ["safe", 5],
    ["fresh-assertion", 5],
    ["never", 1],
  ] as const) {
    it.effect(`of a flow whose replay is "${replay}" is asked for ${requests} times when the answer is lost`, () =>
      Effect.gen(function* () {
        const lost = new AcquireError({ reason: { _tag: "Unreachable", url: "https://issuer.example/token" } })
        const first = yield* Deferred.make<void>()
        const { flow, asked } = numbered({ replay, before: Effect.andThen(Deferred.succeed(first, undefined), lost) })
        yield* Effect.gen(function* () {
          const fiber = yield* Effect.forkChild(Effect.flip(token()))
          // the store's key is hashed by a promise, which the test clock does not wait for
          yield* Deferred.await(first)
          yield* TestClock.adjust("10 minutes")
          assert.strictEqual((yield* Fiber.join(fiber)).reason._tag, "Unreachable")
          assert.strictEqual(asked.length, requests)
        }).pipe(Effect.provide(providing(flow)))
      }),
    )
  }

  it.effect("is there although the store is broken", () =>
    Effect.gen(function* () {
      const down = (operation: "get" | "put" | "remove") =>
        Effect.fail(new StoreError({ reason: { _tag: "StoreUnavailable", operation } }))
      const broken = Layer.succeed(TokenStore, {
        get: () => down("get"),
        put: () => down("put"),
        remove: () => down("remove"),
      })
      const { flow } = numbered()
      yield* Effect.gen(function* () {
        const one = yield* token()
        assert.strictEqual(valueOf(one), "token 1")
        assert.strictEqual(valueOf(yield* renew(one)), "token 2")
      }).pipe(Effect.provide(providing(flow, broken)))
    }),
  )

  it.effect("is dropped by forget, also one that is on its way: only who waits for it gets that", () =>
    Effect.gen(function* () {
      for (const forks of [1, 10]) {
        const gate = yield* Deferred.make<void>()
        const { flow, asked } = numbered({ before: Deferred.await(gate) })
        yield* Effect.gen(function* () {
          const waiting = yield* Effect.forkChild(many(forks, token()), { startImmediately: true })
          while (asked.length === 0) yield* Effect.yieldNow
          yield* TokenProvider.use(({ forget }) => forget)
          yield* Deferred.succeed(gate, undefined)
          for (const one of yield* Fiber.join(waiting)) assert.strictEqual(valueOf(one), "token 1")
          assert.isUndefined((yield* TokenProvider).peek({}))
          assert.strictEqual(valueOf(yield* token()), "token 2")
          yield* TokenProvider.use(({ forget }) => forget)
          assert.strictEqual(valueOf(yield* token()), "token 3")
          assert.strictEqual(asked.length, 3)
        }).pipe(Effect.provide(providing(flow, inProcess)))
      }
    }),
  )

  it.effect("has no copy in a store that is gone with the process", () =>
    Effect.gen(function* () {
      const { flow } = numbered()
      yield* Effect.gen(function* () {
        const one = yield* token()
        assert.strictEqual(valueOf(yield* token()), "token 1")
        assert.strictEqual(valueOf(yield* renew(one)), "token 2")
      }).pipe(Effect.provide(providing(flow, inProcess)))
    }),
  )

  const alike: ReadonlyArray<readonly [none: TargetInput, valid: TargetInput]> = [
    [{ organization: "" }, {}],
    [{ audience: "undefined\nundefined" }, {}],
    [{ audience: [""] }, { audience: [] }],
    [{ audience: ["a\u0001b"] }, { audience: ["a", "b"] }],
    [{ audience: '["a","b"]\n' }, { audience: ["a", "b"] }],
  ]
  for (const [none, valid] of alike) {
    it.effect(
      `for ${JSON.stringify(valid)} is not that for ${JSON.stringify(none)}, whichever is asked for first`,
      () =>
        Effect.gen(function* () {
          const { flow } = numbered()
          for (const inputs of [
            [none, valid, none],
            [valid, none, valid],
          ]) {
            const results = yield* Effect.forEach(inputs, (input) => Effect.result(token(input))).pipe(
              Effect.provide(providing(flow)),
            )
            for (const [index, result] of results.entries()) {
              assert.strictEqual(Result.isSuccess(result), inputs[index] === valid)
            }
          }
        }),
    )
  }

  it.effect("for a target that is none is refused before anything is asked", () =>
    Effect.gen(function* () {
      const { flow, asked } = numbered()
      const wrong = [
        { audience: "" },
        { audience: "two words" },
        { resource: "/relative" },
        { resource: "https://api.example/#part" },
        { scope: 'quo"te' },
        { scope: Array.from({ length: 21 }, (_, n) => `s${n}`) },
        { organization: "a\nb" },
      ]
      for (const target of wrong) {
        const error = yield* Effect.flip(Effect.provide(token(target), providing(flow)))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: Object.keys(target).join("") })
      }
      assert.strictEqual(asked.length, 0)
    }),
  )
})
