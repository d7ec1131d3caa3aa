import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { SignJWT } from "jose"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { supplied, type SuppliedOptions } from "../../src/acquire/supplied.ts"
import { invalidOptions } from "../../src/errors/acquire-error.ts"
import { parseTarget } from "../../src/model/target.ts"
import { presentedToken, type TokenSet } from "../../src/model/token-set.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { flowLaws } from "../laws/flow.ts"
import { scripted, scriptedClient } from "../support/scripted.ts"
import { network, orders, secretOf } from "../support/world.ts"

const target = Result.getOrThrow(parseTarget({ audience: "https://api.example", scope: "read" }))
const now = 1_800_000_000_000

const acquire = (token: unknown, lifetimeSeconds?: number) =>
  Effect.gen(function* () {
    yield* TestClock.setTime(now)
    const options = { subject: "me", token, ...(lifetimeSeconds !== undefined && { lifetimeSeconds }) }
    const flow = supplied(options as SuppliedOptions)
    return yield* Effect.provide(flow.acquire(scriptedClient, target), scripted().network)
  })

const jwt = (exp: number) =>
  Effect.promise(() => new SignJWT({ exp }).setProtectedHeader({ alg: "HS256" }).sign(new Uint8Array(32)))

describe("a supplied token", () => {
  const forms: ReadonlyArray<readonly [name: string, token: unknown]> = [
    ["text", "tok"],
    ["a secret", Redacted.make("tok")],
    ["a set", { token: "tok" }],
    ["a callback", () => "tok"],
    ["a callback of a promise of a set", () => Promise.resolve({ token: Redacted.make("tok") })],
  ]
  for (const [name, token] of forms) {
    it.effect(`comes as ${name}, for five minutes where nothing says how long`, () =>
      Effect.gen(function* () {
        const set = yield* acquire(token)
        assert.strictEqual(Redacted.value(set.accessToken), "tok")
        assert.deepInclude(set, { tokenType: "Bearer", scopes: ["read"], expiresAt: now + 300_000 })
      }),
    )
  }

  it.effect("is asked for anew each time, with the target", () =>
    Effect.gen(function* () {
      const asked: Array<unknown> = []
      const flow = supplied({
        subject: "me",
        token: (each) => `tok-${asked.push(each.audiences)}`,
      })
      const run = Effect.provide(flow.acquire(scriptedClient, target), scripted().network)
      assert.strictEqual(Redacted.value((yield* run).accessToken), "tok-1")
      assert.strictEqual(Redacted.value((yield* run).accessToken), "tok-2")
      assert.deepStrictEqual(asked, [["https://api.example"], ["https://api.example"]])
    }),
  )

  it.effect("lasts as long as its source says, else as a JWT says, else as configured", () =>
    Effect.gen(function* () {
      const expiring = yield* jwt(now / 1000 + 40)
      assert.strictEqual((yield* acquire({ token: expiring, expiresAt: now + 7000 })).expiresAt, now + 7000)
      assert.strictEqual((yield* acquire(expiring)).expiresAt, now + 40_000)
      assert.strictEqual((yield* acquire("opaque", 10)).expiresAt, now + 10_000)
      assert.strictEqual((yield* acquire(yield* jwt(1))).expiresAt, now)
    }),
  )

  const nonsense: ReadonlyArray<readonly [name: string, token: unknown, problem: RegExp]> = [
    ["nothing", () => undefined, /empty or no text/],
    ["null", () => null, /empty or no text/],
    ["empty text", "", /empty or no text/],
    ["a number", () => 7, /empty or no text/],
    ["a list", () => ["tok"], /empty or no text/],
    ["an object of another kind", () => ({ access_token: "tok" }), /empty or no text/],
    ["a secret that is no text", () => Redacted.make(7), /empty or no text/],
    ["a header", "Bearer tok", /after the scheme/],
    ["a line break", "tok\r\nx-injected: 1", /line breaks/],
    ["an end in the past", { token: "tok", expiresAt: now - 1 }, /ended already/],
    ["an end in seconds", { token: "tok", expiresAt: now / 1000 + 60 }, /in seconds/],
    ["an end that is no number", { token: "tok", expiresAt: "soon" }, /no time/],
    ["an end that is not finite", { token: "tok", expiresAt: Infinity }, /no time/],
    ["scopes that are text", { token: "tok", scopes: "read" }, /scopes/],
  ]
  for (const [name, token, problem] of nonsense) {
    it.effect(`that is ${name} is refused`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(acquire(token))
        assert.strictEqual(error.explanation.code, "supply_failed")
        assert.match(error.message, problem)
        assert.isFalse(error.explanation.retryable)
      }),
    )
  }

  it.effect("that is to last for no time is refused, rather than served for ever", () =>
    Effect.gen(function* () {
      for (const lifetimeSeconds of [Number.NaN, 0, -5, Infinity, "60" as unknown as number]) {
        const error = yield* Effect.flip(acquire("tok", lifetimeSeconds))
        assert.strictEqual(error.explanation.code, "supply_failed")
        assert.match(error.message, /lifetimeSeconds/)
      }
    }),
  )

  for (const [name, token] of [
    [
      "throws",
      () => {
        throw new RangeError("tok-secret leaked")
      },
    ],
    ["rejects", () => Promise.reject(new RangeError("tok-secret leaked"))],
  ] as const) {
    it.effect(`whose source ${name} is a typed error that repeats nothing of it`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(acquire(token))
        assert.deepStrictEqual(error.reason, {
          _tag: "SupplyFailed",
          problem: "is missing: its source failed with RangeError",
        })
        assert.notInclude(`${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 9 })}`, "tok-secret")
      }),
    )
  }

  it.effect("whose source never answers is waited for a minute", () =>
    Effect.gen(function* () {
      const waiting = yield* Effect.forkChild(Effect.flip(acquire(() => new Promise(() => {}))), {
        startImmediately: true,
      })
      yield* TestClock.adjust("59 seconds")
      assert.isUndefined(waiting.pollUnsafe())
      yield* TestClock.adjust("1 second")
      const { reason } = yield* Fiber.join(waiting)
      assert.deepStrictEqual<object>(reason, {
        _tag: "SupplyFailed",
        problem: "is missing: its source gave no answer within 60 s",
      })
    }),
  )

  it.effect("of nobody is refused: two people would share it", () =>
    Effect.gen(function* () {
      const flow = supplied({ subject: "", token: "tok" })
      const error = yield* Effect.flip(Effect.provide(flow.acquire(scriptedClient, target), scripted().network))
      assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "subject" })
    }),
  )

  it.effect("whose source fails with an error of ours keeps it", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(acquire(() => Promise.reject(invalidOptions("key", "is missing"))))
      assert.deepInclude(error.reason, { field: "key" })
    }),
  )
})

const basic = (issuer: string, secret = secretOf("basic")) => ({
  issuer,
  clientId: "basic",
  clientAuth: clientSecretBasic(secret),
})

/** A program of its own asks the real issuer; the flow only takes what it brings. */
const bySidecar = (issuer: string, secret?: string) =>
  supplied({
    subject: "the sidecar",
    token: (asked) => {
      const own = clientCredentials().acquire(basic(issuer, secret), asked)
      return Effect.runPromise(Effect.provide(Effect.map(own, presented), network()))
    },
  })
const presented = (set: TokenSet) => presentedToken(set).value

flowLaws("a supplied token", () => ({
  flow: (issuer) => Effect.sync(() => bySidecar(issuer)),
  client: basic,
  target: { audience: orders, scope: "read" },
  expected: { audience: orders, subject: /^basic$/, scope: "read", lifetime: 600 },
  endpoint: "/token",
  ownRequests: 0,
  wrong: { flow: (issuer) => Effect.sync(() => bySidecar(issuer, "wrong")), code: "invalid_client" },
}))
