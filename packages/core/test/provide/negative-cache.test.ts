import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { AcquireError, type AcquireReason, type NoLinkAnswered } from "../../src/errors/acquire-error.ts"
import { StoreError } from "../../src/errors/store-error.ts"
import { makeNegativeCache, type NegativeCache } from "../../src/provide/negative-cache.ts"

const url = "https://issuer.example/token"
const seven = Duration.seconds(7)
const rejected = (code: "invalid_client" | "invalid_grant" | "unauthorized_client", status = 401): AcquireReason => ({
  _tag: "Rejected",
  code,
  url,
  status,
  error: code,
})
const busy = (status: number, retryAfter?: Duration.Duration): AcquireReason => ({
  _tag: "Unavailable",
  url,
  status,
  ...(retryAfter !== undefined && { retryAfter }),
})
const noLink = (...reasons: ReadonlyArray<AcquireReason>): NoLinkAnswered => ({
  _tag: "NoLinkAnswered",
  links: reasons.map((reason) => ({ grant: "password", reason })),
  explanation: { code: "no_link_answered", what: "Nobody.", fix: "Wait.", retryable: true },
  retold: (now) => noLink(...reasons.map(now)),
})

/** A cache that has seen a subject fail for this reason, at a target. */
const having = Effect.fnUntraced(function* (reason: AcquireReason, capacity = 10) {
  const cache = makeNegativeCache(yield* Clock.Clock, capacity)
  cache.learn("alice", "orders", new AcquireError({ reason }))
  return cache
})
const held = (cache: NegativeCache, subject = "alice", target = "orders") => cache.holds(subject, target)?.reason

describe("a failure", () => {
  for (const status of [429, 503]) {
    it.effect(
      `with ${status} holds for all targets of its subject as long as was asked for, and tells what is left`,
      () =>
        Effect.gen(function* () {
          const cache = yield* having(busy(status, seven))
          assert.deepStrictEqual(held(cache), busy(status, seven))
          assert.deepStrictEqual(held(cache, "alice", "payments"), busy(status, seven))
          assert.isUndefined(held(cache, "bob"))
          yield* TestClock.adjust("3 seconds")
          assert.deepStrictEqual(held(cache), busy(status, Duration.seconds(4)))
          yield* TestClock.adjust("3999 millis")
          assert.deepStrictEqual(held(cache), busy(status, Duration.seconds(1)))
          yield* TestClock.adjust("1 millis")
          assert.isUndefined(held(cache))
        }),
    )
  }

  it.effect("of the client holds for five seconds, one of its rights for the one target alone", () =>
    Effect.gen(function* () {
      const client = yield* having(rejected("invalid_client"))
      const right = yield* having(rejected("unauthorized_client", 400))
      yield* TestClock.adjust("4999 millis")
      assert.deepStrictEqual(held(client, "alice", "payments"), rejected("invalid_client"))
      assert.deepStrictEqual(held(right), rejected("unauthorized_client", 400))
      assert.isUndefined(held(right, "alice", "payments"))
      yield* TestClock.adjust("1 millis")
      assert.isUndefined(held(client))
      assert.isUndefined(held(right))
    }),
  )

  const passing: ReadonlyArray<readonly [string, AcquireReason]> = [
    ["of a grant", rejected("invalid_grant", 400)],
    ["with 502, though it asks to wait", busy(502, seven)],
    ["with 429 that does not say how long", busy(429)],
    ["of the network", { _tag: "Unreachable", url }],
    ["of a chain in which nobody asks to wait", noLink(busy(500, seven), { _tag: "Unreachable", url })],
  ]
  for (const [name, reason] of passing) {
    it.effect(`${name} does not hold`, () =>
      Effect.gen(function* () {
        assert.isUndefined(held(yield* having(reason)))
      }),
    )
  }

  it.effect("of a chain holds as long as the longest of its links, and tells what is left", () =>
    Effect.gen(function* () {
      const reason = noLink(busy(429, Duration.seconds(2)), busy(503, seven), rejected("invalid_grant", 400))
      const cache = yield* having(reason)
      yield* TestClock.adjust("6 seconds")
      const left = noLink(busy(429, Duration.zero), busy(503, Duration.seconds(1)), rejected("invalid_grant", 400))
      assert.deepInclude(held(cache), { links: left.links })
      yield* TestClock.adjust("1 second")
      assert.isUndefined(held(cache))
    }),
  )

  it.effect("of a store does not hold", () =>
    Effect.gen(function* () {
      const cache = makeNegativeCache(yield* Clock.Clock, 10)
      cache.learn("alice", "orders", new StoreError({ reason: { _tag: "StoreUnavailable", operation: "get" } }))
      assert.isUndefined(held(cache))
    }),
  )

  it.effect("is forgotten for newer ones where there is no more room", () =>
    Effect.gen(function* () {
      const cache = yield* having(busy(429, seven), 2)
      for (const subject of ["bob", "carol"])
        cache.learn(subject, "orders", new AcquireError({ reason: busy(429, seven) }))
      assert.isUndefined(held(cache))
      for (const subject of ["bob", "carol"]) assert.isDefined(held(cache, subject))
    }),
  )
})
