import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { password } from "../../src/acquire/password.ts"
import { refreshToken } from "../../src/acquire/refresh-token.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { Http, httpLayer, type HttpOptions } from "../../src/http/client.ts"
import { clockLayer } from "../../src/http/clock.ts"
import { learnedClock, ServerTime } from "../../src/http/learned-clock.ts"
import { parseTarget } from "../../src/model/target.ts"
import { none, privateKeyJwt } from "../../src/protocol/client-auth.ts"
import { Discovery, fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"
import { network, orders, robotPem, startTestIssuer } from "../support/world.ts"

/** What this machine believes, in epoch milliseconds. */
const here = 1_800_000_000_000
const hour = 3_600_000
const day = 24 * hour

const issuer = "https://issuer.example"
const client = { issuer, clientId: "me", clientAuth: none() }
const nothing = Result.getOrThrow(parseTarget({}))

const answering = (headers: Record<string, string>, body: object = {}): Layer.Layer<Http | Discovery> => {
  const fetch: HttpOptions["fetch"] = () =>
    Promise.resolve(new Response(JSON.stringify(body), { headers: { "content-type": "application/json", ...headers } }))
  return Layer.merge(httpLayer({ fetch }), fixedDiscoveryLayer({ issuer, tokenEndpoint: `${issuer}/token` }))
}
const at = (time: number): Record<string, string> => ({ date: new Date(time).toUTCString() })
const ask = Http.use((http) => http.ask(issuer))
const learned = <A, E>(program: Effect.Effect<A, E, Http | Discovery>, answer: Layer.Layer<Http | Discovery>) =>
  Effect.andThen(TestClock.setTime(here), Effect.provide(program, Layer.provideMerge(answer, learnedClock)))

describe("a learned clock", () => {
  for (const [name, offset] of [
    ["an hour ahead", -hour],
    ["an hour behind", hour],
    ["six seconds behind", 6_000],
  ] as const) {
    it.effect(`of a machine that is ${name} says what time it is at the issuer, from the first answer on`, () =>
      Effect.gen(function* () {
        const { receivedAt, now } = yield* learned(
          Effect.all({ receivedAt: Effect.map(ask, (answer) => answer.receivedAt), now: Clock.currentTimeMillis }),
          answering(at(here + offset)),
        )
        assert.closeTo(receivedAt, here + offset, 1_000)
        assert.strictEqual(now, receivedAt)
      }),
    )
  }

  for (const [name, headers] of [
    ["within 5 seconds", at(here + 4_000)],
    ["from the store of a proxy", { ...at(here - hour), age: "3600" }],
    ["more than a day away", at(here + day + hour)],
    ["unreadable", { date: "yesterday" }],
    ["absent", {}],
  ] as const) {
    it.effect(`stays with this machine's when the answer's time is ${name}`, () =>
      Effect.gen(function* () {
        const answer = yield* learned(ask, answering(headers))
        assert.strictEqual(answer.receivedAt, here)
      }),
    )
  }

  it.effect("is not moved twice by answers that were under way together", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(here)
      const now = yield* Effect.provide(
        Effect.gen(function* () {
          const measure = yield* ServerTime
          const [one, two] = [measure(), measure()]
          one(here - hour)
          two(here - hour)
          return yield* Clock.currentTimeMillis
        }),
        learnedClock,
      )
      assert.closeTo(now, here - hour, 1_000)
    }),
  )

  it.effect("goes back when this machine's clock has been set", () =>
    Effect.gen(function* () {
      let time = here
      const layer = Layer.provideMerge(
        answering(at(here - hour)),
        Layer.provideMerge(
          learnedClock,
          clockLayer(() => time),
        ),
      )
      const times = yield* Effect.provide(
        Effect.gen(function* () {
          const before = (yield* ask).receivedAt
          time = here - hour
          return [before, (yield* ask).receivedAt]
        }),
        layer,
      )
      assert.closeTo(times[0] ?? 0, here - hour, 1_000)
      assert.closeTo(times[1] ?? 0, here - hour, 1_000)
    }),
  )

  const idToken = (iat: unknown): string =>
    [{ alg: "RS256" }, { iss: issuer, iat }].map((part) => btoa(JSON.stringify(part)).replaceAll("=", "")).join(".") +
    ".c2ln"
  const tokens = (iat: unknown) => ({ access_token: "at", token_type: "Bearer", id_token: idToken(iat) })
  const signIn = password({ username: "somebody", password: "something" }).acquire(client, nothing)

  it.effect("is told by a new ID token where a page may not read the header", () =>
    Effect.gen(function* () {
      const set = yield* learned(signIn, answering({}, tokens((here - hour) / 1000)))
      assert.closeTo(set.receivedAt, here - hour, 1_000)
      assert.strictEqual(set.expiresAt, set.receivedAt + 300_000)
    }),
  )

  it.effect("is not told by what is no time, nor by the ID token of a refresh, which may be an old one", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* learned(signIn, answering({}, tokens("soon")))).receivedAt, here)
      const refresh = refreshToken(yield* securityToken("rt")).acquire(client, nothing)
      assert.strictEqual((yield* learned(refresh, answering({}, tokens((here - hour) / 1000)))).receivedAt, here)
    }),
  )

  it.live("lets a machine whose clock is wrong by hours sign its assertions rightly", () =>
    Effect.gen(function* () {
      const real = yield* Effect.acquireRelease(Effect.promise(startTestIssuer), (it) =>
        Effect.promise(() => it.close()),
      )
      const robot = { issuer: real.url, clientId: "robot", clientAuth: privateKeyJwt(robotPem) }
      const wrong = clockLayer(() => Date.now() - 7 * hour)
      const layer = Layer.provideMerge(network(), Layer.provideMerge(learnedClock, wrong))
      const target = Result.getOrThrow(parseTarget({ audience: orders }))
      const set = yield* Effect.provide(clientCredentials().acquire(robot, target), layer)
      assert.closeTo(set.receivedAt, Date.now(), 5_000)
    }).pipe(Effect.scoped),
  )
})
