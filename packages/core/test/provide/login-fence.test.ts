import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import type { LockTimeout } from "../../src/errors/store-error.ts"
import type { TokenSet } from "../../src/model/token-set.ts"
import type { Client } from "../../src/protocol/client.ts"
import { Discovery } from "../../src/protocol/discovery.ts"
import type { DpopKey } from "../../src/protocol/dpop.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { Lock, lockTimeout, memoryLockLayer } from "../../src/store/lock.ts"
import { lockHeld } from "../../src/http/lock-held.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { makeModelIssuer, modelClient, type ModelIssuer } from "../support/model-issuer.ts"
import { reasonOf } from "../support/reason.ts"
import { pass } from "../support/ticks.ts"

const deadAfter = Duration.seconds(10)
const lost: LockTimeout = { _tag: "LockTimeout", waitingFor: "the work under it", after: deadAfter }
const token = TokenProvider.use((provider) => provider.token({ audience: "a" }))
const soon = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.forkChild(effect)
    yield* pass(60_000, 300)
    return yield* Fiber.join(fiber)
  })

/** Two processes that share a login which must be renewed; the first one stops at a moment until its lock is another's. */
const world = Effect.gen(function* () {
  const issuer = makeModelIssuer()
  const store = Layer.succeed(TokenStore, yield* Effect.provide(TokenStore, memoryStoreLayer()))
  const expired: TokenSet = {
    accessToken: Redacted.make("access-0"),
    tokenType: "Bearer",
    receivedAt: 0,
    expiresAt: 1000,
    scopes: [],
    presented: "access_token",
    refreshToken: Redacted.make(issuer.login()),
  }
  let stopped = false
  const stop = Effect.sync(() => {
    stopped = true
  })
  const held = Effect.suspend(() => (stopped ? lockTimeout("the work under it", deadAfter) : Effect.void))
  const lock = Layer.effect(
    Lock,
    Effect.map(Lock, ({ withLock }): Lock["Service"] => ({
      withLock: (name, work, options) => withLock(name, Effect.provideService(work, lockHeld, held), options),
    })),
  ).pipe(Layer.provide(memoryLockLayer))

  const processOf = (client: Client, network: ModelIssuer["network"] = issuer.network, locks = memoryLockLayer) =>
    Layer.fresh(loginLayer({ client, key: "login" }).pipe(Layer.provideMerge(Layer.mergeAll(network, store, locks))))
  const begin = Effect.andThen(
    Login.use((login) => login.begin(expired, {})),
    pass(5000),
  )
  yield* Effect.provide(begin, processOf(modelClient))
  return {
    issuer,
    stop,
    // it runs in the midst of the first one, whose lock is none of its business
    other: Effect.provideService(Effect.provide(token, processOf(modelClient)), lockHeld, Effect.void),
    stopping: (client: Client, network?: ModelIssuer["network"]) =>
      Effect.provide(token, processOf(client, network, lock)),
  }
})

/** A key whose proofs cost time, and whose server wants a nonce at first. */
const keyThat = (proof: Effect.Effect<void>, learn: () => void): DpopKey => {
  let nonces = 0
  return {
    thumbprint: "key",
    allowsBearer: true,
    proof: () => Effect.as(proof, "proof"),
    learn: () => {
      learn()
      return (nonces += 1) === 1
    },
  }
}

describe("a refresh token", () => {
  it.effect("is not sent by a process that has stopped while it signed its client assertion", () =>
    Effect.gen(function* () {
      const { issuer, stop, stopping } = yield* world
      const clientAuth: Client["clientAuth"] = (request) => Effect.tap(modelClient.clientAuth(request), () => stop)
      assert.deepStrictEqual(yield* soon(reasonOf(stopping({ ...modelClient, clientAuth }))), lost)
      assert.deepStrictEqual(issuer.sent, [])
    }),
  )

  it.effect("is not sent by a process that has stopped while it made its proof", () =>
    Effect.gen(function* () {
      const { issuer, stop, stopping } = yield* world
      const dpop = keyThat(stop, () => {})
      assert.deepStrictEqual(yield* soon(reasonOf(stopping({ ...modelClient, dpop }))), lost)
      assert.deepStrictEqual(issuer.sent, [])
    }),
  )

  it.effect("is not sent again with a nonce by a process that has stopped since", () =>
    Effect.gen(function* () {
      const { issuer, stop, stopping } = yield* world
      issuer.fate = () => "busy"
      const dpop = keyThat(Effect.void, () => Effect.runSync(stop))
      assert.deepStrictEqual(yield* soon(reasonOf(stopping({ ...modelClient, dpop }))), lost)
      assert.strictEqual(issuer.sent.length, 1)
    }),
  )

  it.effect("that another process has spent during discovery is not sent: its successor is found", () =>
    Effect.gen(function* () {
      const { issuer, stop, stopping, other } = yield* world
      const meanwhile = Effect.andThen(stop, other)
      const network = Layer.provideMerge(
        Layer.effect(
          Discovery,
          Effect.map(Discovery, ({ metadata }) => ({
            metadata: (url) => Effect.andThen(Effect.orDie(meanwhile), metadata(url)),
          })),
        ),
        issuer.network,
      )
      const { value } = yield* soon(stopping(modelClient, network))
      assert.match(Redacted.value(value), /^access-/)
      assert.strictEqual(issuer.sent.length, 1)
      assert.deepStrictEqual(issuer.reused, [])
    }),
  )
})
