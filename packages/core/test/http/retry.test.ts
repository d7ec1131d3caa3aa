import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Ref from "effect/Ref"
import * as TestClock from "effect/testing/TestClock"
import { HttpError, type HttpReason } from "../../src/errors/http-error.ts"
import { retryTransient } from "../../src/http/retry.ts"

const url = "https://issuer.example/token"
const busy = (retryAfter?: Duration.Duration): HttpReason => ({
  _tag: "Unavailable",
  url,
  status: 503,
  ...(retryAfter && { retryAfter }),
})

/** Fails so many times, then succeeds; tells how often it was tried. */
const failing = Effect.fnUntraced(function* (reason: HttpReason, times: number) {
  const tries = yield* Ref.make(0)
  const attempt = Effect.flatMap(
    Ref.updateAndGet(tries, (n) => n + 1),
    (n) => (n <= times ? Effect.fail(new HttpError({ reason })) : Effect.succeed("answered")),
  )
  return { tries, fiber: yield* Effect.forkChild(retryTransient(attempt)) }
})

describe("retryTransient", () => {
  it.effect("tries again after passing failures", () =>
    Effect.gen(function* () {
      const { fiber, tries } = yield* failing(busy(), 3)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(yield* Fiber.join(fiber), "answered")
      assert.strictEqual(yield* Ref.get(tries), 4)
    }),
  )

  it.effect("never asks sooner than Retry-After", () =>
    Effect.gen(function* () {
      const { fiber, tries } = yield* failing(busy(Duration.seconds(7)), 2)
      yield* TestClock.adjust("6999 millis")
      assert.strictEqual(yield* Ref.get(tries), 1)
      yield* TestClock.adjust("20 seconds")
      assert.strictEqual(yield* Fiber.join(fiber), "answered")
      assert.strictEqual(yield* Ref.get(tries), 3)
    }),
  )

  it.effect("gives up at once when it is asked to wait longer than a minute", () =>
    Effect.gen(function* () {
      const { fiber, tries } = yield* failing(busy(Duration.seconds(61)), 1)
      const error = yield* Effect.flip(Fiber.join(fiber))
      assert.deepStrictEqual(error.reason, busy(Duration.seconds(61)))
      assert.strictEqual(yield* Ref.get(tries), 1)
    }),
  )

  it.effect("gives up after four more tries, with the last failure", () =>
    Effect.gen(function* () {
      const { fiber, tries } = yield* failing(busy(), 100)
      yield* TestClock.adjust("10 minutes")
      const error = yield* Effect.flip(Fiber.join(fiber))
      assert.strictEqual(error.reason._tag, "Unavailable")
      assert.strictEqual(yield* Ref.get(tries), 5)
    }),
  )

  it.effect("does not repeat what cannot get better", () =>
    Effect.gen(function* () {
      const { fiber, tries } = yield* failing({ _tag: "MalformedResponse", url, problem: "it is a cake" }, 1)
      const error = yield* Effect.flip(Fiber.join(fiber))
      assert.strictEqual(error.reason._tag, "MalformedResponse")
      assert.strictEqual(yield* Ref.get(tries), 1)
    }),
  )
})
