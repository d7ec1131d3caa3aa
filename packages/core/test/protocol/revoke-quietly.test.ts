import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { Background } from "../../src/http/background.ts"
import { Http, httpLayer } from "../../src/http/client.ts"
import { lockHeld } from "../../src/http/lock-held.ts"
import { Discovery, fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"
import { orRevoked, revokeLater, revokeQuietly } from "../../src/protocol/revoke-quietly.ts"
import { lockTimeout } from "../../src/store/lock.ts"
import { modelClient } from "../support/model-issuer.ts"
import { reasonOf } from "../support/reason.ts"
import { pass, ticks } from "../support/ticks.ts"

const { issuer } = modelClient
const endpoints = { issuer, tokenEndpoint: `${issuer}/token`, revocationEndpoint: `${issuer}/revoke` }
const after = Duration.seconds(10)

/** Work whose lock is gone, and the requests that it sent. */
const unlocked = <A, E>(work: Effect.Effect<A, E, Discovery | Http>) =>
  Effect.gen(function* () {
    const sent: Array<string> = []
    const fetch = (url: string | URL | Request) => {
      sent.push(String(url))
      return Promise.resolve(new Response("{}"))
    }
    const network = Layer.merge(fixedDiscoveryLayer(endpoints), httpLayer({ fetch }))
    const outcome = yield* work.pipe(
      Effect.provide(network),
      Effect.provideService(lockHeld, lockTimeout("the work under it", after)),
    )
    yield* pass(1000)
    return { outcome, sent }
  })

describe("a client whose lock is gone", () => {
  it.effect("sends nothing that is its work under the lock", () =>
    Effect.gen(function* () {
      const target = { audiences: [], resources: [], scopes: [], organization: undefined }
      const asked = yield* unlocked(reasonOf(clientCredentials().acquire(modelClient, target)))
      assert.deepStrictEqual(asked, {
        outcome: { _tag: "LockTimeout", waitingFor: "the work under it", after },
        sent: [],
      })
      assert.deepStrictEqual((yield* unlocked(revokeQuietly(modelClient, "refresh-1"))).sent, [])
    }),
  )

  it.effect("still revokes what it said it would revoke later", () =>
    Effect.gen(function* () {
      const { sent } = yield* unlocked(revokeLater(modelClient, "refresh-1"))
      assert.deepStrictEqual(sent, [endpoints.revocationEndpoint])
    }),
  )

  it.effect("revokes what has come, as that waits for nobody", () =>
    Effect.gen(function* () {
      const came = { refreshToken: Redacted.make("refresh-1") }
      const { outcome, sent } = yield* unlocked(Effect.flip(orRevoked(modelClient, came, Effect.fail("why"))))
      assert.strictEqual(outcome, "why")
      assert.deepStrictEqual(sent, [endpoints.revocationEndpoint])
    }),
  )
})

describe("an issuer that takes three seconds for a revocation", () => {
  /** Work with tokens that came, what becomes of it, and what the runtime is asked to wait for. */
  const waiting = Effect.fnUntraced(function* <A>(work: Effect.Effect<A, string>) {
    const kept: Array<Promise<unknown>> = []
    let revoked = 0
    const slow = Layer.succeed(Http, {
      call: () => Effect.die("no API here"),
      ask: (url) =>
        Effect.delay(
          Effect.sync(() => {
            revoked += 1
            return { url, status: 200, headers: new Headers(), body: "", receivedAt: 3000 }
          }),
          3000,
        ),
    })
    const came = { refreshToken: Redacted.make("refresh-1") }
    const fiber = yield* orRevoked(modelClient, came, work).pipe(
      Effect.provide(Layer.merge(fixedDiscoveryLayer(endpoints), slow)),
      Effect.provideService(Background, (promise) => void kept.push(promise)),
      Effect.forkChild,
    )
    yield* ticks
    return { fiber, kept, revoked: () => revoked }
  })

  it.effect("keeps a failure back for one of them, and goes on in the background", () =>
    Effect.gen(function* () {
      const { fiber, kept, revoked } = yield* waiting(Effect.fail("why"))
      yield* TestClock.adjust(999)
      assert.isUndefined(fiber.pollUnsafe())
      yield* TestClock.adjust(1)
      assert.deepStrictEqual(fiber.pollUnsafe(), Exit.fail("why"))
      assert.strictEqual(kept.length, 1)
      yield* TestClock.adjust(1999)
      assert.strictEqual(revoked(), 0)
      yield* TestClock.adjust(1)
      yield* Effect.promise(() => Promise.all(kept))
      assert.strictEqual(revoked(), 1)
    }),
  )

  it.effect("keeps nobody for longer who has given up", () =>
    Effect.gen(function* () {
      const { fiber, kept, revoked } = yield* waiting(Effect.never)
      const interrupting = yield* Effect.forkChild(Fiber.interrupt(fiber))
      yield* TestClock.adjust(1000)
      assert.isDefined(interrupting.pollUnsafe())
      yield* TestClock.adjust(2000)
      yield* Effect.promise(() => Promise.all(kept))
      assert.strictEqual(revoked(), 1)
    }),
  )

  it.effect("is not asked where all went well", () =>
    Effect.gen(function* () {
      const { fiber, kept, revoked } = yield* waiting(Effect.succeed("well"))
      assert.deepStrictEqual(fiber.pollUnsafe(), Exit.succeed("well"))
      yield* TestClock.adjust(5000)
      assert.deepStrictEqual([kept, revoked()], [[], 0])
    }),
  )
})
