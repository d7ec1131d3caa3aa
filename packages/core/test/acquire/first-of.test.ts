import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { firstOf } from "../../src/acquire/first-of.ts"
import type { Flow } from "../../src/acquire/flow.ts"
import { type ChainAnswered, ChainListener } from "../../src/acquire/chain-listener.ts"
import { password } from "../../src/acquire/password.ts"
import { supplied } from "../../src/acquire/supplied.ts"
import { parseTarget } from "../../src/model/target.ts"
import { makeNegativeCache } from "../../src/provide/negative-cache.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { flowLaws } from "../laws/flow.ts"
import { scripted, scriptedClient } from "../support/scripted.ts"
import { alice, orders, secretOf } from "../support/world.ts"

const nothing = supplied({
  subject: "nobody",
  token: () => {
    throw new Error("there is no token here")
  },
})
const basic = (issuer: string) => ({
  issuer,
  clientId: "basic",
  clientAuth: clientSecretBasic(secretOf("basic")),
})

flowLaws("a credential chain", () => ({
  flow: firstOf([nothing, clientCredentials(), password(alice)]),
  client: basic,
  target: { audience: orders, scope: "read" },
  expected: { audience: orders, subject: /^basic$/, scope: "read", lifetime: 600 },
  endpoint: "/token",
  stopped: "NoLinkAnswered",
  wrong: {
    flow: firstOf([nothing, password({ ...alice, password: "wrong" })]),
    reason: "NoLinkAnswered",
    code: "no_link_answered",
  },
}))

const target = Result.getOrThrow(parseTarget({ audience: "https://api.example" }))

const acquire = (flow: Flow) =>
  Effect.gen(function* () {
    const events: Array<ChainAnswered> = []
    const exit = yield* flow.acquire(scriptedClient, target).pipe(
      Effect.result,
      Effect.provide(scripted().network),
      Effect.provideService(ChainListener, (event) => void events.push(event)),
    )
    return { exit, events }
  })

describe("firstOf", () => {
  const works = supplied({ subject: "me", token: "the-token" })

  it.effect("tells which link answered, and of those before it why they did not", () =>
    Effect.gen(function* () {
      const { exit, events } = yield* acquire(firstOf([nothing, works, nothing]))
      assert.strictEqual(Redacted.value(Result.getOrThrow(exit).accessToken), "the-token")
      assert.deepStrictEqual(events, [
        {
          type: "chain-answered",
          grant: "supplied",
          index: 1,
          others: [
            {
              grant: "supplied",
              code: "supply_failed",
              message: "The supplied token is missing: its source failed with Error. Correct what supplies the token.",
            },
          ],
        },
      ])
      assert.notInclude(JSON.stringify(events), "the-token")
    }),
  )

  it.effect("says of each link why it gave nothing, when none did", () =>
    Effect.gen(function* () {
      const { exit, events } = yield* acquire(firstOf([nothing, firstOf([nothing])]))
      const error = Result.getOrThrow(Result.flip(exit))
      assert.strictEqual(error.reason._tag, "NoLinkAnswered")
      assert.deepInclude(error.explanation, { code: "no_link_answered", retryable: false })
      assert.match(error.message, /^No flow of the chain gave a token. supplied: .* first_of: No flow of the chain/)
      assert.deepStrictEqual(events, [])
    }),
  )

  it.effect("says how long its links still ask to wait, in the words of a chain within it too", () =>
    Effect.gen(function* () {
      const busy = { status: 503, headers: { "retry-after": "20" } }
      const chain = firstOf([nothing, firstOf([clientCredentials()])])
      const { network } = scripted(busy)
      const error = yield* Effect.flip(Effect.provide(chain.acquire(scriptedClient, target), network))
      assert.include(error.message, "answered 503, and asks to wait 20 s.")
      const cache = makeNegativeCache(yield* Clock.Clock, 10)
      cache.learn("me", "orders", error)
      yield* TestClock.adjust("15 seconds")
      const held = cache.holds("me", "orders")
      assert.strictEqual(held?.message, error.message.replace("20 s", "5 s"))
      assert.deepStrictEqual(held?.explanation.retryAfter, Duration.seconds(5))
    }),
  )

  it.effect("of nothing is a mistake", () =>
    Effect.gen(function* () {
      const { exit } = yield* acquire(firstOf([]))
      const { reason } = Result.getOrThrow(Result.flip(exit))
      assert.deepInclude(reason, { _tag: "InvalidOptions", field: "flows" })
    }),
  )

  it("is as careful as its most careful link, and has all their warnings", () => {
    assert.strictEqual(firstOf([works, clientCredentials()]).replay, "safe")
    assert.strictEqual(firstOf([works, { ...works, replay: "fresh-assertion" }]).replay, "fresh-assertion")
    const chain = firstOf([works, password(alice)])
    assert.strictEqual(chain.replay, "never")
    assert.deepStrictEqual(
      chain.warnings.map(({ name }) => name),
      ["password-grant"],
    )
  })

  it("keeps apart chains of other links", () => {
    const names = [[works], [works, nothing], [nothing], [clientCredentials()]].map((flows) =>
      JSON.stringify(firstOf(flows).identity),
    )
    assert.strictEqual(new Set(names).size, names.length)
  })
})
