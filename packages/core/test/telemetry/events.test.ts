import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { vi } from "vitest"
import { AcquireError } from "../../src/errors/acquire-error.ts"
import { telemetryEvents } from "../../src/telemetry/events.ts"
import { count, inSpan, type Span, warn } from "../../src/telemetry/telemetry.ts"
import { observe } from "../support/observed.ts"

const span: Span = { name: "oauth.token", attributes: { grant: "test" } }
const refused = new AcquireError({ reason: { _tag: "LoginRequired", because: "nobody is signed in" } })

describe("Telemetry", () => {
  it.effect("writes warnings to the console where nobody listens, and nothing else", () =>
    Effect.gen(function* () {
      const written = vi.spyOn(console, "warn").mockImplementation(() => {})
      yield* Effect.ensuring(
        Effect.all([warn("it is late"), count("acquired"), inSpan(Effect.void, span)]),
        Effect.sync(() => {
          assert.deepStrictEqual(written.mock.calls, [["[bearerkit] it is late"]])
          written.mockRestore()
        }),
      )
    }),
  )
})

describe("telemetryEvents", () => {
  it.effect("tells what was done, when, how long it took and how it ended", () =>
    Effect.gen(function* () {
      const { events, layer } = observe()
      const work = Effect.gen(function* () {
        yield* TestClock.adjust(500)
        yield* inSpan(Effect.andThen(TestClock.adjust(250), Effect.succeed(7)), {
          ...span,
          outcome: (n) => ({ status: n }),
        })
        yield* Effect.flip(inSpan(Effect.fail(refused), span))
        yield* Effect.exit(inSpan(Effect.die("broken"), span))
        yield* count("failed", { code: "x" })
        yield* warn("it is late")
      })
      yield* Effect.provide(work, layer)
      const { name, attributes } = span
      const ended = { type: "span", name, attributes, startedAt: 750, duration: 0 } as const
      assert.deepStrictEqual(events, [
        { ...ended, attributes: { grant: "test", status: 7 }, startedAt: 500, duration: 250 },
        { ...ended, failure: "login_required" },
        { ...ended, failure: "defect" },
        { type: "count", name: "failed", attributes: { code: "x" } },
        { type: "warning", message: "it is late" },
      ])
    }),
  )

  it.effect("tells of work that was interrupted", () =>
    Effect.gen(function* () {
      const { events, layer } = observe()
      const fiber = yield* Effect.forkChild(Effect.provide(inSpan(Effect.never, span), layer))
      yield* Effect.yieldNow
      yield* Fiber.interrupt(fiber)
      assert.deepInclude(events[0], { name: "oauth.token", failure: "interrupted" })
    }),
  )

  it.effect("drops what the listener throws", () =>
    Effect.gen(function* () {
      const layer = telemetryEvents(() => {
        throw new Error("the listener is broken")
      })
      const work = Effect.andThen(count("acquired"), inSpan(Effect.succeed("done"), span))
      assert.strictEqual(yield* Effect.provide(work, layer), "done")
    }),
  )

  it.effect("tells nobody else: two programs have two observers", () =>
    Effect.gen(function* () {
      const one = observe()
      const two = observe()
      yield* Effect.provide(count("acquired"), one.layer)
      yield* count("acquired")
      assert.strictEqual(one.counted("acquired"), 1)
      assert.strictEqual(two.counted("acquired"), 0)
    }),
  )
})
