import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import type { DeviceAuthorization } from "../../src/acquire/device-authorization.ts"
import { deviceCode, type DevicePoll } from "../../src/acquire/device-code.ts"
import { parseTarget } from "../../src/model/target.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { flowLaws } from "../laws/flow.ts"
import { deviceFlow } from "../support/device.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"
import { startPlainProvider } from "../support/plain-provider.ts"
import { orders } from "../support/world.ts"

const target = Result.getOrThrow(parseTarget({}))
const authorization: DeviceAuthorization = {
  userCode: "WDJB-MJHT",
  verificationUri: "https://example.com/device",
  expiresAt: 120_000,
  interval: 5,
  deviceCode: Redacted.make("the-device-code"),
  digest: "d".repeat(64),
}

const pending: Line = { status: 400, json: { error: "authorization_pending" } }
const slowDown: Line = { status: 400, json: { error: "slow_down" } }
const token: Line = { json: { access_token: "at", token_type: "Bearer", expires_in: 60 } }
const url = "https://issuer.example/token"
const unreachable: Line = { _tag: "Unreachable", url }

/** Runs the flow while the clock moves on, and says when it polled, in seconds. */
const wait = Effect.fnUntraced(function* (lines: ReadonlyArray<Line>, with_: Partial<DeviceAuthorization> = {}) {
  const { network, sent } = scripted(...lines)
  const polls: Array<DevicePoll> = []
  const flow = deviceCode({ ...authorization, ...with_ }, { onPoll: (poll) => void polls.push(poll) })
  const fiber = yield* Effect.forkChild(Effect.provide(flow.acquire(scriptedClient, target), network))
  yield* TestClock.adjust("3 minutes")
  const result = yield* Effect.result(Fiber.join(fiber))
  return { result, polls, sent, seconds: sent.map((request) => request.at / 1000) }
})

const codeOf = ({ result }: Effect.Success<ReturnType<typeof wait>>) =>
  Result.isFailure(result) ? result.failure.explanation.code : "success"

describe("waiting for a person at another device", () => {
  it.effect("polls at the interval, after it and not before, until there is a token", () =>
    Effect.gen(function* () {
      const waited = yield* wait([pending, pending, token])
      assert.strictEqual(codeOf(waited), "success")
      assert.deepStrictEqual(waited.seconds, [5, 10, 15])
      assert.deepStrictEqual(Object.fromEntries(waited.sent[0]?.form ?? []), {
        grant_type: "urn:ietf:params:oauth:grant-type:device_code",
        device_code: "the-device-code",
      })
      assert.deepStrictEqual(waited.polls, [
        { outcome: "pending", interval: 5 },
        { outcome: "pending", interval: 5 },
      ])
    }),
  )

  it.effect("waits five seconds more from each slow_down on, whatever its status", () =>
    Effect.gen(function* () {
      const throttled: Line = { status: 429, json: { error: "slow_down" } }
      const waited = yield* wait([slowDown, pending, throttled, pending, token])
      assert.deepStrictEqual(waited.seconds, [5, 15, 25, 40, 55])
    }),
  )

  it.effect("takes authorization_pending for what it is, whatever its status", () =>
    Effect.gen(function* () {
      const error = "authorization_pending"
      const waited = yield* wait([{ status: 428, json: { error } }, { status: 200, json: { error } }, token])
      assert.deepStrictEqual(waited.seconds, [5, 10, 15])
    }),
  )

  it.effect("doubles the interval when the network fails, and goes on", () =>
    Effect.gen(function* () {
      const away: Line = { status: 503, json: { error: "server_error" } }
      const timedOut: Line = { _tag: "TimedOut", url, after: Duration.seconds(10) }
      const waited = yield* wait([unreachable, pending, away, timedOut, token])
      assert.deepStrictEqual(waited.seconds, [5, 15, 25, 45, 85])
      assert.deepStrictEqual(
        waited.polls.map((poll) => poll.outcome),
        ["failed", "pending", "failed", "failed"],
      )
    }),
  )

  it.effect("waits as long as the server asks", () =>
    Effect.gen(function* () {
      const busy: Line = { status: 503, json: {}, headers: { "retry-after": "60" } }
      assert.deepStrictEqual((yield* wait([busy, token])).seconds, [5, 65])
    }),
  )

  for (const [error, code] of [
    ["access_denied", "access_denied"],
    ["expired_token", "expired_token"],
    ["invalid_grant", "invalid_grant"],
    ["invalid_client", "invalid_client"],
    ["something_new", "rejected"],
  ] as const) {
    it.effect(`ends with ${error}`, () =>
      Effect.gen(function* () {
        const waited = yield* wait([pending, { status: 400, json: { error } }, token])
        assert.strictEqual(codeOf(waited), code)
        assert.deepStrictEqual(waited.seconds, [5, 10])
      }),
    )
  }

  it.effect("ends by the clock when the code does, without another request", () =>
    Effect.gen(function* () {
      const waited = yield* wait([pending], { expiresAt: 12_000 })
      assert.strictEqual(codeOf(waited), "expired_token")
      assert.deepStrictEqual(waited.seconds, [5, 10])
    }),
  )

  it.effect("does not ask at all with a code that has ended", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(200_000)
      const waited = yield* wait([token])
      assert.strictEqual(codeOf(waited), "expired_token")
      assert.isEmpty(waited.sent)
    }),
  )

  it.effect("stops when it is interrupted", () =>
    Effect.gen(function* () {
      const { network, sent } = scripted(pending)
      const run = deviceCode(authorization).acquire(scriptedClient, target)
      const fiber = yield* Effect.forkChild(Effect.provide(run, network))
      yield* TestClock.adjust("7 seconds")
      yield* Fiber.interrupt(fiber)
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(sent.length, 1)
    }),
  )

  it.effect("never asks sooner than the server allows, never after the end, and always comes to an end", () =>
    Effect.promise(() =>
      fc.assert(
        fc.asyncProperty(
          fc.array(fc.constantFrom(pending, slowDown, unreachable), { maxLength: 12 }),
          fc.integer({ min: 1, max: 20 }),
          async (lines, interval) => {
            const program = Effect.provide(wait([...lines, pending], { interval }), TestClock.layer())
            const waited = await Effect.runPromise(program)
            assert.strictEqual(codeOf(waited), "expired_token")
            let least = interval
            let last = 0
            for (const [index, second] of waited.seconds.entries()) {
              assert.isAtLeast(second - last, least)
              assert.isBelow(second, 120)
              if (lines[index] === slowDown) least += 5
              if (lines[index] === unreachable) least *= 2
              last = second
            }
          },
        ),
        { numRuns: 60 },
      ),
    ),
  )
})

const tv = (issuer: string) => ({ issuer, clientId: "tv", clientAuth: none() })
const wanted = { resource: orders, scope: "openid read" }

const its = {
  flow: deviceFlow({ client: tv, target: wanted }),
  client: tv,
  target: wanted,
  endpoint: "/token",
  // it goes on asking until the code has ended
  stopped: "DeviceCodeExpired",
} as const
const expected = { audience: orders, scope: "read", lifetime: 600 }

flowLaws("device code", () => ({
  ...its,
  expected: { ...expected, subject: /^database\|/ },
  wrong: { flow: deviceFlow({ client: tv, target: wanted, consent: "refuse" }), code: "access_denied" },
}))

flowLaws(
  "device code, over a plain provider",
  () => ({
    ...its,
    expected: { ...expected, subject: /^alice$/ },
    wrong: {
      flow: () =>
        Effect.map(Clock.currentTimeMillis, (now) =>
          deviceCode({ ...authorization, interval: 0.01, expiresAt: now + 2000 }),
        ),
      code: "invalid_grant",
    },
  }),
  startPlainProvider,
)
