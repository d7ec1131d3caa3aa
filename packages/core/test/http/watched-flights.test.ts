import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { SingleFlight } from "../../src/http/single-flight.ts"
import { watchedFlightsLayer } from "../../src/http/watched-flights.ts"

/** Flights of one lookup that takes as long as the test says, and how often it was begun. */
const flightsOver = Effect.fnUntraced(function* <A, E>(
  lookup: (begun: number) => Effect.Effect<A, E>,
  expiresAt: number = 0,
) {
  const looked = { begun: 0 }
  const flights = yield* Effect.provide(
    Effect.flatMap(SingleFlight, ({ make }) =>
      make<string, A, E, never>({
        capacity: 10,
        lookup: () => Effect.suspend(() => lookup((looked.begun += 1))),
        expiresAt: () => expiresAt,
      }),
    ),
    watchedFlightsLayer,
  )
  return { ...flights, looked }
})

const fifty = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.all(
    Array.from({ length: 50 }, () => effect),
    { concurrency: "unbounded" },
  )

describe("watched flights", () => {
  it.effect("look once for fifty who come together, and once more for who comes later", () =>
    Effect.gen(function* () {
      const { get, looked } = yield* flightsOver((n) => Effect.delay(Effect.succeed(n), "3 seconds"))
      const together = yield* Effect.forkChild(fifty(get("key")))
      yield* TestClock.adjust("4 seconds")
      assert.deepStrictEqual(new Set(yield* Fiber.join(together)), new Set([1]))
      const later = yield* Effect.forkChild(get("key"))
      yield* TestClock.adjust("4 seconds")
      assert.strictEqual(yield* Fiber.join(later), 2)
      assert.strictEqual(looked.begun, 2)
    }),
  )

  it.effect("keep a value as long as it may be used, and no failure", () =>
    Effect.gen(function* () {
      const work = (n: number) => (n === 1 ? Effect.fail("broken") : Effect.succeed(n))
      const { get, invalidateWhen } = yield* flightsOver(work, 10_000)
      assert.strictEqual(yield* Effect.flip(get("key")), "broken")
      assert.strictEqual(yield* get("key"), 2)
      assert.strictEqual(yield* get("key"), 2)
      assert.isFalse(yield* invalidateWhen("key", (value) => value === 1))
      assert.isTrue(yield* invalidateWhen("key", (value) => value === 2))
      assert.strictEqual(yield* get("key"), 3)
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* get("key"), 4)
    }),
  )

  it.effect("tell those who wait of a failure", () =>
    Effect.gen(function* () {
      const { get, looked } = yield* flightsOver(() => Effect.delay(Effect.fail("broken"), "1 second"))
      const together = yield* Effect.forkChild(fifty(Effect.flip(get("key"))))
      yield* TestClock.adjust("2 seconds")
      assert.deepStrictEqual(new Set(yield* Fiber.join(together)), new Set(["broken"]))
      assert.strictEqual(looked.begun, 1)
    }),
  )

  it.effect("go on with another one when the first is interrupted", () =>
    Effect.gen(function* () {
      const begun = yield* Deferred.make<void>()
      const { get, looked } = yield* flightsOver((n) =>
        n === 1 ? Effect.andThen(Deferred.succeed(begun, undefined), Effect.never) : Effect.succeed(n),
      )
      const first = yield* Effect.forkChild(get("key"))
      yield* Deferred.await(begun)
      const others = yield* Effect.forkChild(fifty(get("key")))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(first)
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(others)).length, 50)
      assert.isAtLeast(looked.begun, 2)
    }),
  )

  it.effect("go on with another one when the first has vanished without a word, as a stopped request does", () =>
    Effect.gen(function* () {
      const { get, looked } = yield* flightsOver((n) => (n === 1 ? Effect.never : Effect.succeed(n)))
      const clock = yield* Clock.Clock
      // no timer of a stopped request ever fires again
      yield* Effect.forkChild(Effect.provideService(get("key"), Clock.Clock, { ...clock, sleep: () => Effect.never }))
      yield* Effect.yieldNow
      const others = yield* Effect.forkChild(fifty(get("key")))
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(new Set(yield* Fiber.join(others)).size, looked.begun - 1)
    }),
  )
})
