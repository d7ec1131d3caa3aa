import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { password } from "../../src/acquire/password.ts"
import { AcquireError, type AcquireReason } from "../../src/errors/acquire-error.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { TokenStore } from "../../src/store/token-store.ts"
import { network } from "../support/world.ts"

import { client, many, numbered, providing, renew, token, valueOf } from "../support/numbered-flow.ts"

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
        yield* TestClock.adjust("89 seconds")
        assert.strictEqual((yield* Effect.flip(token({ scope: "other" }))).reason, reason)
        assert.strictEqual(alice.asked.length, 1)
        assert.strictEqual(valueOf(yield* Effect.provide(token(), providing(bob.flow))), "token 1")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(valueOf(yield* token()), "token 2")
      }).pipe(Effect.provide(providing(alice.flow)))
    }),
  )

  it.effect("is asked again five seconds after it refused the client", () =>
    Effect.gen(function* () {
      const refusal = {
        _tag: "Rejected",
        code: "invalid_client",
        url: "u",
        status: 401,
        error: "invalid_client",
      } as const
      const { flow, asked } = numbered({ before: Effect.fail(new AcquireError({ reason: refusal })) })
      yield* Effect.gen(function* () {
        yield* many(10, Effect.flip(token()))
        yield* Effect.flip(token())
        assert.strictEqual(asked.length, 1)
        yield* TestClock.adjust("5 seconds")
        yield* Effect.flip(token())
        assert.strictEqual(asked.length, 2)
      }).pipe(Effect.provide(providing(flow)))
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
        const layer = TokenProvider.layer({ client, flow }).pipe(
          Layer.provide([network({ fetch }), TokenStore.layerMemory()]),
        )
        const error = yield* Effect.flip(Effect.provide(token(), layer))
        assert.strictEqual(error.reason._tag, "Unreachable")
        assert.strictEqual(requests, 5)
      }),
    )
  }
})
