import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { progress } from "../../src/output/progress.ts"

describe("progress", () => {
  it.effect("is silent for half a second, then counts the seconds, and is gone in the end", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const fiber = yield* Effect.forkChild(progress("Waiting", (line) => void lines.push(line)))
      yield* TestClock.adjust("499 millis")
      assert.deepStrictEqual(lines, [])
      yield* TestClock.adjust("1 milli")
      assert.deepStrictEqual(lines, ["\r\u{1b}[KWaiting … 1 s"])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(lines.slice(1), ["\r\u{1b}[KWaiting … 2 s"])
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(lines.slice(2), ["\r\u{1b}[K"])
    }),
  )

  it.effect("writes nothing for work that is done before", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      const fiber = yield* Effect.forkChild(progress("Waiting", (line) => void lines.push(line)))
      yield* TestClock.adjust("400 millis")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(lines, [])
    }),
  )
})
