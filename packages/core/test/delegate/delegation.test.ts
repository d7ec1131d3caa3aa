import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { endingWith } from "../../src/acquire/security-token.ts"
import {
  type DelegateOptions,
  Delegation,
  delegationLayer,
  type DelegationOptions,
} from "../../src/delegate/delegation.ts"
import type { Flow } from "../../src/acquire/flow.ts"
import type { Delegated, DelegationWire } from "../../src/delegate/wire.ts"
import { AcquireError } from "../../src/errors/acquire-error.ts"
import type { TokenSet } from "../../src/model/token-set.ts"
import { sharedFlightsLayer } from "../../src/http/single-flight.ts"
import { watchedFlightsLayer } from "../../src/http/watched-flights.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { keyValueStore } from "../../src/store/key-value.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { mapStorage } from "../support/storage.ts"
import { network } from "../support/world.ts"

const client = { issuer: "https://issuer.example", clientId: "me", clientAuth: none() }

/** A JWT that says only when it ends; nobody checks its signature here. */
const jwt = (exp: number, sub = "alice"): string => {
  const part = (json: object) => Buffer.from(JSON.stringify(json)).toString("base64url")
  return `${part({ alg: "HS256" })}.${part({ sub, exp })}.c2lnbmF0dXJl`
}

/** A wire whose tokens name what they were traded for. */
const tracing = (before: Effect.Effect<void, AcquireError> = Effect.void) => {
  const trades: Array<Delegated> = []
  const flow = (delegated: Delegated): Flow => ({
    grant: "trace",
    replay: "never",
    discovers: false,
    identity: [delegated.subject.digest, delegated.subject.type, delegated.actor?.digest ?? ""],
    warnings: [],
    acquire: Effect.fnUntraced(function* (_, target) {
      trades.push(delegated)
      yield* before
      const receivedAt = yield* Clock.currentTimeMillis
      const expiresAt = receivedAt + 3_600_000
      const accessToken = Redacted.make(`${trades.length} for ${target.audiences.join()}`)
      const set: TokenSet = {
        accessToken,
        tokenType: "Bearer",
        receivedAt,
        expiresAt,
        scopes: [],
        presented: "access_token",
      }
      return endingWith(delegated.subject, set)
    }),
  })
  const wire: DelegationWire = (delegated) => Effect.succeed(flow(delegated))
  return { flow, wire, trades }
}

const over = (wire: DelegationWire, options: Partial<DelegationOptions> = {}) =>
  delegationLayer({ client, wire, ...options }).pipe(Layer.provide([network(), memoryStoreLayer()]))
const delegate = (subject: string, audience: string, options?: DelegateOptions) =>
  Effect.map(
    Delegation.use((delegation) => delegation.delegate(subject, { audience }, options)),
    (token) => Redacted.value(token.value),
  )

describe("delegate", () => {
  it.effect("trades once for all who ask at the same time, and keeps it per subject, actor and target", () =>
    Effect.gen(function* () {
      const { wire, trades } = tracing(Effect.yieldNow)
      yield* Effect.gen(function* () {
        const alice = jwt(9e9, "alice")
        const same = yield* Effect.all(
          Array.from({ length: 50 }, () => delegate(alice, "a")),
          { concurrency: "unbounded" },
        )
        assert.deepStrictEqual(new Set(same), new Set(["1 for a"]))
        assert.strictEqual(yield* delegate(alice, "b"), "2 for b")
        assert.strictEqual(yield* delegate(jwt(9e9, "bob"), "a"), "3 for a")
        assert.strictEqual(yield* delegate(alice, "a", { actor: jwt(9e9, "robot") }), "4 for a")
        assert.strictEqual(yield* delegate(alice, "a", { subjectType: "id_token" }), "5 for a")
        assert.strictEqual(yield* delegate(alice, "a"), "1 for a")
        assert.strictEqual(trades.length, 5)
      }).pipe(Effect.provide(over(wire)))
    }),
  )

  it.effect("never gives a token for longer than the subject's lives", () =>
    Effect.gen(function* () {
      const { wire } = tracing()
      yield* Effect.gen(function* () {
        const subject = jwt(60)
        const token = yield* Delegation.use((delegation) => delegation.delegate(subject, { audience: "a" }))
        assert.strictEqual(token.expiresAt, 60_000)
        yield* TestClock.adjust("53 seconds")
        assert.strictEqual(yield* delegate(subject, "a"), "1 for a")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* delegate(subject, "a"), "2 for a")
      }).pipe(Effect.provide(over(wire)))
    }),
  )

  it.effect("never gives a token for longer than is known of an opaque subject, nor for long where nothing is", () =>
    Effect.gen(function* () {
      const { wire } = tracing()
      const ends = (audience: string, options?: DelegateOptions) =>
        Effect.map(
          Delegation.use((delegation) => delegation.delegate("opaque", { audience }, options)),
          ({ expiresAt }) => expiresAt,
        )
      yield* Effect.gen(function* () {
        assert.strictEqual(yield* ends("a", { expiresAt: 60_000 }), 60_000)
        assert.strictEqual(yield* ends("b"), 300_000)
        assert.strictEqual(yield* ends("b", { expiresAt: 60_000 }), 60_000)
        yield* TestClock.adjust("53 seconds")
        assert.strictEqual(yield* delegate("opaque", "a", { expiresAt: 60_000 }), "1 for a")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* delegate("opaque", "a", { expiresAt: 60_000 }), "3 for a")
        yield* TestClock.adjust("250 seconds")
        assert.strictEqual(yield* delegate("opaque", "b"), "4 for b")
      }).pipe(Effect.provide(over(wire)))
    }),
  )

  it.effect("gives another token for one that an API has refused, once for all who had it", () =>
    Effect.gen(function* () {
      const { wire, trades } = tracing()
      const storage = mapStorage()
      const stored = keyValueStore(() => storage)
      const alice = jwt(9e9)
      const token = (options?: DelegateOptions) =>
        Delegation.use((delegation) => delegation.delegate(alice, { audience: "a" }, options))
      yield* Effect.gen(function* () {
        const first = yield* token()
        const second = yield* token({ refused: first })
        assert.strictEqual(Redacted.value(second.value), "2 for a")
        for (const options of [{ refused: first }, {}]) assert.deepStrictEqual(yield* token(options), second)
        assert.strictEqual(Redacted.value((yield* token({ refused: second })).value), "3 for a")
        assert.lengthOf(trades, 3)
      }).pipe(Effect.provide(delegationLayer({ client, wire }).pipe(Layer.provide([network(), stored]))))
    }),
  )

  // who is left begins anew only where nobody can go on with what others began
  for (const [name, flights, traded] of [
    ["are shared", sharedFlightsLayer, "1 for a"],
    ["are not shared", watchedFlightsLayer, "3 for a"],
  ] as const) {
    it.effect(`takes nothing from those who wait when others leave, where promises ${name}`, () =>
      Effect.gen(function* () {
        const { wire } = tracing(Effect.sleep("10 seconds"))
        const asked = delegate(jwt(9e9), "a")
        yield* Effect.gen(function* () {
          const ask = Effect.forkChild(asked, { startImmediately: true })
          const [one, two, last] = [yield* ask, yield* ask, yield* ask]
          for (const leaver of [one, two]) {
            yield* TestClock.adjust("1 second")
            yield* Fiber.interrupt(leaver)
          }
          yield* TestClock.adjust("1 minute")
          assert.strictEqual(yield* Fiber.join(last), traded)
        }).pipe(
          Effect.provide(
            delegationLayer({ client, wire }).pipe(Layer.provide([network(), memoryStoreLayer(), flights])),
          ),
        )
      }),
    )
  }

  it.effect("tells why the issuer would not trade, as a failure of the delegation", () =>
    Effect.gen(function* () {
      const reason = { _tag: "Unreachable", url: "https://issuer.example/token" } as const
      const { wire } = tracing(Effect.fail(new AcquireError({ reason })))
      const error = yield* Effect.flip(Effect.provide(delegate(jwt(9e9), "a"), over(wire)))
      assert.strictEqual(error._tag, "DelegateError")
      assert.deepStrictEqual<object>(error.reason, reason)
    }),
  )

  it.effect("msal-node OBO: user A's 429 made user B fail without a network call", () =>
    Effect.gen(function* () {
      const { flow, trades } = tracing()
      const busy = new AcquireError({ reason: { _tag: "Unavailable", url: "u", status: 429 } })
      const choosy: DelegationWire = (delegated) => {
        const isAlice = Redacted.value(delegated.subject.value) === jwt(9e9, "alice")
        return Effect.succeed({ ...flow(delegated), ...(isAlice && { acquire: () => Effect.fail(busy) }) })
      }
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(delegate(jwt(9e9, "alice"), "a"))
        assert.strictEqual(error.explanation.code, "rate_limited")
        assert.strictEqual(yield* delegate(jwt(9e9, "bob"), "a"), "1 for a")
        assert.strictEqual(trades.length, 1)
      }).pipe(Effect.provide(over(choosy)))
    }),
  )

  it.effect("does not ask again for a subject before the server said, and serves what is at hand", () =>
    Effect.gen(function* () {
      let wait: Duration.Duration | undefined
      const before = Effect.suspend(() =>
        wait === undefined
          ? Effect.void
          : Effect.fail(new AcquireError({ reason: { _tag: "Unavailable", url: "u", status: 429, retryAfter: wait } })),
      )
      const { wire, trades } = tracing(before)
      yield* Effect.gen(function* () {
        yield* delegate(jwt(9e9), "a")
        wait = Duration.seconds(60)
        const error = yield* Effect.flip(delegate(jwt(9e9), "b"))
        assert.deepInclude(error.explanation, { code: "rate_limited", retryAfter: wait })
        yield* TestClock.adjust("59 seconds")
        yield* Effect.flip(delegate(jwt(9e9), "b"))
        const left = { ...error.reason, retryAfter: Duration.seconds(1) }
        assert.deepStrictEqual((yield* Effect.flip(delegate(jwt(9e9), "c"))).reason, left)
        assert.strictEqual(yield* delegate(jwt(9e9), "a"), "1 for a")
        assert.strictEqual(trades.length, 2)
        wait = undefined
        assert.strictEqual(yield* delegate(jwt(9e9, "bob"), "b"), "3 for b")
        assert.strictEqual(yield* delegate(jwt(9e9), "b", { actor: jwt(9e9, "robot") }), "4 for b")
        yield* TestClock.adjust("1 second")
        assert.strictEqual(yield* delegate(jwt(9e9), "b"), "5 for b")
      }).pipe(Effect.provide(over(wire)))
    }),
  )

  it.effect("asks for other targets of a subject after one that the client may not ask for", () =>
    Effect.gen(function* () {
      const { flow, trades } = tracing()
      const reason = { _tag: "Rejected", code: "unauthorized_client", url: "u", status: 403, error: "no" } as const
      const choosy: DelegationWire = (delegated) => {
        const traced = flow(delegated)
        const refused = Effect.fail(new AcquireError({ reason }))
        return Effect.succeed({
          ...traced,
          acquire: (client, target) => (target.audiences[0] === "a" ? refused : traced.acquire(client, target)),
        })
      }
      yield* Effect.gen(function* () {
        const error = yield* Effect.flip(delegate(jwt(9e9), "a"))
        assert.strictEqual(error.explanation.code, "unauthorized_client")
        assert.strictEqual(yield* delegate(jwt(9e9), "b"), "1 for b")
        assert.strictEqual(trades.length, 1)
      }).pipe(Effect.provide(over(choosy)))
    }),
  )

  const policies: ReadonlyArray<
    readonly [name: string, allowedTargets: ReadonlyArray<string> | undefined, allowed: boolean]
  > = [
    ["no list allows every target", undefined, true],
    ["a list with the target allows it", ["b", "a"], true],
    ["a list without the target refuses it", ["b"], false],
    ["an empty list refuses every target", [], false],
  ]
  for (const [name, allowedTargets, allowed] of policies) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const { wire, trades } = tracing()
        const exit = yield* Effect.exit(Effect.provide(delegate(jwt(9e9), "a"), over(wire, { allowedTargets })))
        assert.strictEqual(exit._tag, allowed ? "Success" : "Failure")
        assert.strictEqual(trades.length, allowed ? 1 : 0)
        if (allowed) return
        const error = yield* Effect.flip(Effect.provide(delegate(jwt(9e9), "a"), over(wire, { allowedTargets })))
        assert.deepStrictEqual(error.reason, { _tag: "DelegationNotAllowed", targets: ["a"] })
      }),
    )
  }

  for (const subject of ["", "two words", "Bearer abc", "line\nbreak"]) {
    it.effect(`refuses the subject ${JSON.stringify(subject)} before anything is sent, and does not repeat it`, () =>
      Effect.gen(function* () {
        const { wire, trades } = tracing()
        const error = yield* Effect.flip(Effect.provide(delegate(subject, "a"), over(wire)))
        assert.strictEqual(error.explanation.code, "invalid_options")
        if (subject !== "") assert.notInclude(error.message, subject)
        assert.strictEqual(trades.length, 0)
      }),
    )
  }
})
