import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import type { Flow } from "../../src/acquire/flow.ts"
import { firstOf } from "../../src/acquire/first-of.ts"
import { password } from "../../src/acquire/password.ts"
import { AcquireError, type AcquireReason, type RejectionCode } from "../../src/errors/acquire-error.ts"
import { clockLayer } from "../../src/http/clock.ts"
import { TokenProvider, tokenProviderLayer } from "../../src/provide/token-provider.ts"
import { memoryStoreLayer, type TokenStore } from "../../src/store/token-store.ts"
import { sharedStore } from "../support/shared-store.ts"
import { network } from "../support/world.ts"

import { client, many, numbered, providing, renew, token, valueOf } from "../support/numbered-flow.ts"

/** A flow that always fails so. */
const failing = (reason: () => AcquireReason) =>
  numbered({ before: Effect.suspend(() => Effect.fail(new AcquireError({ reason: reason() }))) })

describe("a server that asks to wait", () => {
  it.effect("is not asked again before, by this provider; another one's subject is not hurt", () =>
    Effect.gen(function* () {
      const retryAfter = Duration.seconds(90)
      const reason: AcquireReason = { _tag: "Unavailable", url: "u", status: 429, retryAfter }
      let busy = true
      const before = Effect.suspend(() => (busy ? Effect.fail(new AcquireError({ reason })) : Effect.void))
      const alice = numbered({ before, replay: "never", identity: ["alice"] })
      const bob = numbered({ identity: ["bob"] })
      yield* Effect.gen(function* () {
        yield* Effect.flip(token())
        busy = false
        yield* TestClock.adjust("30.5 seconds")
        const soon = yield* Effect.flip(token({ scope: "other" }))
        assert.deepStrictEqual(soon.reason, { ...reason, retryAfter: Duration.seconds(60) })
        assert.include(soon.message, "asks to wait 60 s.")
        yield* TestClock.adjust("58.5 seconds")
        const last = yield* Effect.flip(token())
        assert.deepStrictEqual(last.reason, { ...reason, retryAfter: Duration.seconds(1) })
        assert.strictEqual(alice.asked.length, 1)
        assert.strictEqual(valueOf(yield* Effect.provide(token(), providing(bob.flow))), "token 1")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(valueOf(yield* token()), "token 2")
      }).pipe(Effect.provide(providing(alice.flow)))
    }),
  )

  const refusals: ReadonlyArray<readonly [code: RejectionCode, status: number, seconds: number, asked?: number]> = [
    ["invalid_client", 401, 5],
    ["unauthorized_client", 403, 5],
    ["too_many_attempts", 429, 600, 600],
    ["invalid_client", 429, 30, 30],
  ]
  for (const [code, status, seconds, retryAfter] of refusals) {
    it.effect(`is asked again ${seconds} seconds after it refused with ${status} ${code}`, () =>
      Effect.gen(function* () {
        const wait = retryAfter === undefined ? {} : { retryAfter: Duration.seconds(retryAfter) }
        const reason = { _tag: "Rejected", code, url: "u", status, error: code, ...wait } as const
        const { flow, asked } = numbered({ before: Effect.fail(new AcquireError({ reason })) })
        yield* Effect.gen(function* () {
          yield* many(10, Effect.flip(token()))
          yield* TestClock.adjust(Duration.seconds(seconds - 1))
          const left = retryAfter === undefined ? {} : { retryAfter: Duration.seconds(1) }
          assert.deepStrictEqual((yield* Effect.flip(token())).reason, { ...reason, ...left })
          assert.strictEqual(asked.length, 1)
          yield* TestClock.adjust("1 second")
          yield* Effect.flip(token())
          assert.strictEqual(asked.length, 2)
        }).pipe(Effect.provide(providing(flow)))
      }),
    )
  }

  it.effect("is asked again by a chain when it said, and a link that refused is not", () =>
    Effect.gen(function* () {
      const refused = failing(() => ({ _tag: "Rejected", code: "invalid_client", url: "u", status: 401, error: "no" }))
      let wait = Duration.seconds(30)
      const busy = failing(() => ({ _tag: "Unavailable", url: "u", status: 429, retryAfter: wait }))
      yield* Effect.gen(function* () {
        const caller = yield* Effect.forkChild(Effect.flip(token()))
        yield* TestClock.adjust("29 seconds")
        assert.deepStrictEqual([refused.asked.length, busy.asked.length], [1, 1])
        wait = Duration.seconds(90)
        yield* TestClock.adjust("1 second")
        const error = yield* Fiber.join(caller)
        assert.deepInclude(error.explanation, { code: "no_link_answered", retryable: true, retryAfter: wait })
        assert.deepStrictEqual([refused.asked.length, busy.asked.length], [1, 2])
        yield* TestClock.adjust("89 seconds")
        const { explanation } = yield* Effect.flip(token())
        const what = error.explanation.what.replace("asks to wait 90 s", "asks to wait 1 s")
        assert.deepStrictEqual(explanation, { ...error.explanation, what, retryAfter: Duration.seconds(1) })
        assert.deepStrictEqual([refused.asked.length, busy.asked.length], [1, 2])
      }).pipe(Effect.provide(providing(firstOf([refused.flow, busy.flow]))))
    }),
  )
})

describe("a clock that is set back", () => {
  const hour = 3_600_000
  const world = (flow: Flow, store?: Layer.Layer<TokenStore>) => {
    const clock = { wall: 2 * hour }
    const pass = (minutes: number) =>
      Effect.andThen(
        Effect.sync(() => (clock.wall += minutes * 60_000)),
        TestClock.adjust(Duration.minutes(minutes)),
      )
    return {
      clock,
      pass,
      layer: Layer.provide(
        providing(flow, store),
        clockLayer(() => clock.wall),
      ),
    }
  }

  for (const [name, store] of [
    ["which is kept here alone", memoryStoreLayer],
    ["nor the copy in a store, whose time looks good", sharedStore],
  ] as const) {
    it.effect(`prolongs no token, ${name}`, () =>
      Effect.gen(function* () {
        const { flow } = numbered({ lifetimeMillis: 600_000 })
        const { clock, pass, layer } = world(flow, store())
        yield* Effect.gen(function* () {
          const { peek } = yield* TokenProvider
          const one = yield* token()
          clock.wall -= hour
          yield* pass(4)
          assert.strictEqual(peek({}), one)
          assert.strictEqual(yield* token(), one)
          yield* pass(6)
          assert.isUndefined(peek({}))
          assert.strictEqual(valueOf(yield* token()), "token 2")
          yield* pass(4)
          assert.strictEqual(valueOf(yield* token()), "token 2")
        }).pipe(Effect.provide(layer))
      }),
    )
  }

  it.effect("prolongs no pause", () =>
    Effect.gen(function* () {
      const busy = failing(() => ({ _tag: "Unavailable", url: "u", status: 429, retryAfter: Duration.minutes(5) }))
      const { clock, pass, layer } = world(busy.flow)
      yield* Effect.gen(function* () {
        yield* Effect.flip(token())
        clock.wall -= hour
        yield* pass(4)
        yield* Effect.flip(token())
        assert.strictEqual(busy.asked.length, 1)
        yield* pass(1)
        yield* Effect.flip(token())
        assert.strictEqual(busy.asked.length, 2)
      }).pipe(Effect.provide(layer))
    }),
  )
})

describe("peek", () => {
  it.effect("shows a token that is at hand and fresh, and nothing else", () =>
    Effect.gen(function* () {
      const { flow } = numbered({ lifetimeMillis: 60_000 })
      yield* Effect.gen(function* () {
        const provider = yield* TokenProvider
        assert.isUndefined(provider.peek({ audience: "a" }))
        const one = yield* token({ audience: "a" })
        assert.strictEqual(provider.peek({ audience: "a" }), one)
        assert.strictEqual(provider.peek({ audience: ["a"] }), one)
        assert.isUndefined(provider.peek({ audience: "b" }))
        assert.isUndefined(provider.peek({ audience: "not valid" }))
        yield* TestClock.adjust("40 seconds")
        assert.isUndefined(provider.peek({ audience: "a" }))
      }).pipe(Effect.provide(providing(flow)))
    }),
  )
})

describe("renew", () => {
  it.effect("replaces a refused token once, however many were refused with it", () =>
    Effect.gen(function* () {
      const { flow, asked } = numbered({ before: Effect.yieldNow })
      yield* Effect.gen(function* () {
        const refused = yield* token()
        const renewed = yield* many(20, renew(refused))
        assert.deepStrictEqual(new Set(renewed.map(valueOf)), new Set(["token 2"]))
        assert.strictEqual(valueOf(yield* token()), "token 2")
        assert.strictEqual(valueOf(yield* renew(refused)), "token 2")
        assert.strictEqual(asked.length, 2)
      }).pipe(Effect.provide(providing(flow)))
    }),
  )
})

describe("an issuer that is away", () => {
  const unreachable = () => Promise.reject(new TypeError("fetch failed"))

  for (const [name, flow] of [
    ["client credentials", clientCredentials()],
    ["password", password({ username: "alice", password: "secret" })],
  ] as const) {
    it.live(`is asked five times for its metadata, not five times five, by ${name}`, () =>
      Effect.gen(function* () {
        let requests = 0
        const fetch = () => {
          requests += 1
          return unreachable()
        }
        const layer = tokenProviderLayer({ client, flow }).pipe(Layer.provide([network({ fetch }), memoryStoreLayer()]))
        const error = yield* Effect.flip(Effect.provide(token(), layer))
        assert.strictEqual(error.reason._tag, "Unreachable")
        assert.strictEqual(requests, 5)
      }),
    )
  }
})
