import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { clientCredentials } from "../../src/acquire/client-credentials.ts"
import { Http, httpLayer } from "../../src/http/client.ts"
import { lockHeld } from "../../src/http/lock-held.ts"
import { Discovery, fixedDiscoveryLayer } from "../../src/protocol/discovery.ts"
import { orRevoked, revokeLater, revokeQuietly } from "../../src/protocol/revoke-quietly.ts"
import { lockTimeout } from "../../src/store/lock.ts"
import { modelClient } from "../support/model-issuer.ts"
import { reasonOf } from "../support/reason.ts"
import { pass } from "../support/ticks.ts"

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
