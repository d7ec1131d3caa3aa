import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { Background } from "../../src/http/background.ts"
import { retryAfterOf } from "../../src/http/retry-after.ts"
import { sharedFlightsLayer, type SingleFlight } from "../../src/http/single-flight.ts"
import { watchedFlightsLayer } from "../../src/http/watched-flights.ts"
import { beginLogin } from "../../src/provide/login-record.ts"
import { sessionsInCookies, sessionsInStore } from "../../src/session/make-sessions.ts"
import { type OpenedSession, openSession } from "../../src/session/open-session.ts"
import { Session } from "../../src/session/session.ts"
import { makePlan } from "../../src/session/web-login-plan.ts"
import type { MakeSessions } from "../../src/session/web-login-options.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { makeModelIssuer, modelClient, type ModelIssuer } from "../support/model-issuer.ts"
import { setOf } from "../support/model-login.ts"
import { pass, ticks } from "../support/ticks.ts"

const each: ReadonlyArray<readonly [string, MakeSessions]> = [
  ["cookies", sessionsInCookies()],
  ["a store", sessionsInStore],
]

const services = (issuer: ModelIssuer, flights: Layer.Layer<SingleFlight>) =>
  Layer.mergeAll(issuer.network, memoryStoreLayer(), memoryLockLayer, flights)

/** What a page asks for its session with, after the access token has ended. */
const signedIn = Effect.fnUntraced(function* (issuer: ModelIssuer, sessions: MakeSessions) {
  const plan = yield* makePlan({
    client: modelClient,
    baseUrl: "https://app.example",
    target: { scope: "openid" },
    cookieKeys: ["a key of the cookies that is long enough"],
    sessions,
  })
  const now = yield* Clock.currentTimeMillis
  const login = beginLogin(setOf(issuer.login()), plan.targetKey)
  const record = { claims: { sub: "alice" }, startedAt: now, seenAt: now, endsAt: now + 80_000_000, revision: 0, login }
  const lines = (yield* plan.sessions.begin(record, new Map())) ?? []
  const headers = new Headers({ cookie: lines.map((line) => line.split(";")[0]).join("; ") })
  yield* TestClock.adjust(2000)
  const page = openSession(plan, { method: "GET", url: "/", headers })
  /** How long it took, in seconds, and how it went. */
  const timed = Effect.gen(function* () {
    const begun = yield* Clock.currentTimeMillis
    const fiber = yield* Effect.forkChild(
      Effect.flatMap(page, (opened) =>
        Effect.map(Clock.currentTimeMillis, (now) => [(now - begun) / 1000, outcomeOf(opened)] as const),
      ),
    )
    yield* ticks
    while (fiber.pollUnsafe() === undefined) yield* pass(250, 1)
    return yield* Fiber.join(fiber)
  })
  return { page, timed }
})

const outcomeOf = ({ view, delayed }: OpenedSession): string =>
  view === undefined ? "nobody" : (delayed?.explanation.code ?? new Session(view).accessToken ?? "no token")

describe.each(each)("pages of a session in %s whose token has ended, while the issuer", (_, sessions) => {
  const law = (
    title: string,
    seconds: number,
    body: (issuer: ModelIssuer, at: Effect.Success<ReturnType<typeof signedIn>>) => Effect.Effect<void, unknown>,
  ) =>
    it.effect.each([
      [title, sharedFlightsLayer],
      [`${title}, where promises are not shared`, watchedFlightsLayer],
    ] as const)("%s", ([, flights]) =>
      Effect.gen(function* () {
        const issuer = makeModelIssuer(seconds * 1000)
        yield* Effect.flatMap(signedIn(issuer, sessions), (at) => body(issuer, at)).pipe(
          // closing waits for a renewal under way
          Effect.ensuring(pass(20_000)),
          Effect.scoped,
          Effect.provide(services(issuer, flights)),
        )
      }),
    )

  law(
    "hangs: the first one waits two seconds, and the others not at all until it is worth it again",
    10,
    (issuer, at) =>
      Effect.gen(function* () {
        issuer.fate = () => "lost-before"
        assert.deepStrictEqual(yield* at.timed, [2, "timeout"])
        for (let n = 0; n < 5; n++) assert.deepStrictEqual(yield* at.timed, [0, "timeout"])
        yield* pass(9000, 36)
        assert.deepStrictEqual(yield* at.timed, [0, "unreachable"])
        assert.strictEqual(issuer.sent.length, 1)
        yield* pass(30_000, 120)
        assert.deepStrictEqual(yield* at.timed, [2, "timeout"])
      }),
  )

  law("is slow: the renewal is finished all the same, and the next page has its token", 5, (issuer, at) =>
    Effect.gen(function* () {
      const kept: Array<Promise<unknown>> = []
      const first = at.timed.pipe(Effect.provideService(Background, (work) => void kept.push(work)))
      assert.deepStrictEqual(yield* first, [2, "timeout"])
      yield* pass(4000, 16)
      yield* Effect.promise(() => Promise.all(kept))
      const [took, token] = yield* at.timed
      assert.deepStrictEqual([took, token.startsWith("access-")], [0, true])
      assert.strictEqual(issuer.sent.length, 1)
    }),
  )

  law("asks to wait: every page is told what remains of that", 0, (issuer, at) =>
    Effect.gen(function* () {
      issuer.fate = () => "asks-to-wait"
      const remaining = Effect.gen(function* () {
        const fiber = yield* Effect.forkChild(at.page)
        while (fiber.pollUnsafe() === undefined) yield* ticks
        const { delayed } = yield* Fiber.join(fiber)
        return [delayed?.explanation.code, delayed && retryAfterOf(delayed) / 1000]
      })
      // a pause is as long as the failures have lasted: the second one 20 seconds
      for (const [seconds, left] of [
        [0, 3600],
        [20, 3580],
        [15, 3565],
        [4.5, 3561],
      ] as const) {
        yield* TestClock.adjust(seconds * 1000)
        assert.deepStrictEqual(yield* remaining, ["rate_limited", left])
      }
      assert.strictEqual(issuer.sent.length, 1)
    }),
  )

  law("refuses connections: nobody waits, it is asked seldom, and everybody goes on when it is back", 0, (issuer, at) =>
    Effect.gen(function* () {
      issuer.fate = () => "lost-before"
      const all = Effect.all(
        Array.from({ length: 20 }, () => at.page),
        { concurrency: "unbounded" },
      )
      const fiber = yield* Effect.forkChild(all)
      yield* pass(1000, 50)
      assert.deepStrictEqual(new Set((yield* Fiber.join(fiber)).map(outcomeOf)), new Set(["unreachable"]))
      for (let n = 0; n < 120; n++) {
        yield* Effect.forkChild(at.page)
        yield* pass(1000, 4)
      }
      assert.isAtMost(issuer.sent.length, 10)
      issuer.fate = () => "answered"
      yield* pass(30_000, 10)
      const [, token] = yield* at.timed
      assert.match(token, /^access-/)
    }),
  )
})
