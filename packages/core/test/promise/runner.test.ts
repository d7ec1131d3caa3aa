import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { assert, describe, it } from "@effect/vitest"
import { AcquireError } from "../../src/errors/acquire-error.ts"
import { CallError } from "../../src/errors/call-error.ts"
import { BearerError } from "../../src/promise/bearer-error.ts"
import { makeRunner } from "../../src/promise/runner.ts"
import * as Duration from "effect/Duration"

const caught = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "nothing was thrown",
    (error) => error,
  )

const noServices = Effect.succeed(Context.empty())

describe("makeRunner", () => {
  it("turns a stage's error into a BearerError with its details", async () => {
    const { run } = makeRunner(noServices)
    const reason = {
      _tag: "Unavailable",
      url: "https://x/t",
      status: 429,
      error: "slow",
      retryAfter: Duration.seconds(7),
    } as const
    const error = await caught(run(new AcquireError({ reason })))
    assert.instanceOf(error, BearerError)
    assert.deepInclude(error, {
      name: "BearerError",
      code: "rate_limited",
      retryable: true,
      retryAfter: 7000,
      status: 429,
    })
    assert.match(String(error), /^BearerError: https:\/\/x\/t answered 429 \(slow\), and asks to wait 7 s\. /)
  })

  it("throws at once when the options of a service are wrong", () => {
    const reason = { _tag: "InvalidOptions", field: "apis", problem: "is wrong" } as const
    assert.throws(() => makeRunner(Effect.fail(new CallError({ reason }))), BearerError, /apis is wrong/)
  })

  it("rejects with the signal's reason, before and while it runs", async () => {
    const { run } = makeRunner(noServices)
    const reason = new Error("enough")
    assert.strictEqual(await caught(run(Effect.never, { signal: AbortSignal.abort(reason) })), reason)
    const controller = new AbortController()
    const running = caught(run(Effect.never, { signal: controller.signal }))
    controller.abort(reason)
    assert.strictEqual(await running, reason)
  })

  it("interrupts what runs when it is closed, and takes nothing new", async () => {
    const { run, close } = makeRunner(noServices)
    const running = caught(run(Effect.never))
    await close()
    assert.deepInclude(await running, { name: "BearerError", code: "closed" })
    assert.deepInclude(await caught(run(Effect.void)), { name: "BearerError", code: "closed" })
    await close()
  })

  it("lets a defect through as it is", async () => {
    const { run } = makeRunner(noServices)
    const defect = new TypeError("a bug")
    assert.strictEqual(await caught(run(Effect.die(defect))), defect)
  })
})
