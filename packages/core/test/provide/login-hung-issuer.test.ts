import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { DiscoveryError } from "../../src/errors/discovery-error.ts"
import { Discovery } from "../../src/protocol/discovery.ts"
import { loginLayer } from "../../src/provide/login.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { makeModelIssuer, modelClient } from "../support/model-issuer.ts"
import { begin, soon, token } from "../support/model-login.ts"
import { pass } from "../support/ticks.ts"

/** Every request for the metadata of the issuer takes its ten seconds and fails. */
const hung = Layer.succeed(Discovery, {
  metadata: (issuer: string) =>
    Effect.andThen(
      Effect.sleep(10_000),
      Effect.fail(new DiscoveryError({ reason: { _tag: "TimedOut", url: issuer, after: Duration.seconds(10) } })),
    ),
})

describe("while the issuer's metadata do not come", () => {
  it.effect("a renewal fails with that, and nobody waits for its lock", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      const layer = loginLayer({ client: modelClient, key: "login" }).pipe(
        Layer.provideMerge(Layer.mergeAll(issuer.network, hung, memoryStoreLayer(), memoryLockLayer)),
      )
      yield* Effect.gen(function* () {
        yield* begin(issuer)
        yield* pass(5000)
        const failed = (audience: string) =>
          Effect.gen(function* () {
            const begun = yield* Clock.currentTimeMillis
            const error = yield* Effect.flip(token(audience))
            return [error.explanation.code, (yield* Clock.currentTimeMillis) - begun] as const
          })
        const all = yield* soon(Effect.all([failed("a"), failed("b"), failed("c")], { concurrency: "unbounded" }))
        assert.deepStrictEqual(
          all.map(([code]) => code),
          ["timeout", "timeout", "timeout"],
        )
        for (const [, took] of all) assert.isAtMost(took, 58_000)
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(issuer.sent, [])
    }),
  )

  it.effect("nobody who is not signed in waits at all", () =>
    Effect.gen(function* () {
      const issuer = makeModelIssuer()
      const layer = loginLayer({ client: modelClient, key: "login" }).pipe(
        Layer.provideMerge(Layer.mergeAll(issuer.network, hung, memoryStoreLayer(), memoryLockLayer)),
      )
      const error = yield* Effect.provide(Effect.flip(token()), layer)
      assert.strictEqual(error.explanation.code, "login_required")
    }),
  )
})
