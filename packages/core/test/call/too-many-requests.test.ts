import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { Token } from "../../src/model/token-set.ts"
import { waitingAsAsked } from "../../src/call/too-many-requests.ts"

const token: Token = { value: Redacted.make("t1"), type: "Bearer", expiresAt: 9e15, scopes: [] }
const url = new URL("https://api.example/orders")

/** Refuses the first request so, and answers the next. */
const api = (headers: Record<string, string>) => {
  const sent: Array<string> = []
  const send = waitingAsAsked((_, { method = "GET" }) => {
    sent.push(method)
    return Effect.succeed(sent.length === 1 ? new Response("wait", { status: 429, headers }) : new Response("done"))
  })
  return { send, sent }
}

describe("429", () => {
  it.effect("is answered after the time that the API asks for, and not sooner", () =>
    Effect.gen(function* () {
      const { send, sent } = api({ "retry-after": "7" })
      const fiber = yield* Effect.forkChild(send(url, { method: "put", body: "one" }, token))
      yield* TestClock.adjust("6 seconds")
      assert.deepStrictEqual(sent, ["put"])
      yield* TestClock.adjust("1 second")
      assert.strictEqual((yield* Fiber.join(fiber)).status, 200)
      assert.deepStrictEqual(sent, ["put", "put"])
    }),
  )

  for (const [why, headers, init] of [
    ["asks for longer than half a minute", { "retry-after": "31" }, {}],
    ["asks for nothing", {}, {}],
    ["asks for nonsense", { "retry-after": "-1" }, {}],
    ["would do something twice", { "retry-after": "0" }, { method: "POST" }],
    ["cannot be sent twice", { "retry-after": "0" }, { method: "PUT", body: new ReadableStream() }],
  ] as const) {
    it.effect(`is left to the caller where it ${why}`, () =>
      Effect.gen(function* () {
        const { send, sent } = api(headers)
        assert.strictEqual((yield* send(url, init, token)).status, 429)
        assert.strictEqual(sent.length, 1)
      }),
    )
  }
})
