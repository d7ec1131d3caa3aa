import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { Http } from "../../src/http/client.ts"
import { sharedFlightsLayer } from "../../src/http/single-flight.ts"
import type { TokenSet } from "../../src/model/token-set.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { setOf } from "../support/model-login.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"
import { pass } from "../support/ticks.ts"

const renewed = {
  json: { access_token: "access-1", token_type: "Bearer", expires_in: 3600, refresh_token: "refresh-1" },
}

/** A login whose access token has ended, at an issuer that says these things when it is to be renewed. */
const renewing = Effect.fnUntraced(function* (...lines: ReadonlyArray<Line>) {
  const { network, sent } = scripted(...lines)
  const script = yield* Effect.provide(Http, network)
  let meanwhile: Effect.Effect<unknown> = Effect.void
  const ask: typeof script.ask = (...request) =>
    Effect.andThen(
      Effect.suspend(() => meanwhile),
      script.ask(...request),
    )
  const context = yield* Layer.build(
    loginLayer({ client: scriptedClient, key: "person" }).pipe(
      Layer.provide([
        network,
        sharedFlightsLayer,
        memoryLockLayer,
        memoryStoreLayer(),
        Layer.succeed(Http, { ...script, ask }),
      ]),
    ),
  )
  const begin = (set: TokenSet) =>
    Login.use((login) => login.begin(set, {})).pipe(Effect.provide(context), Effect.orDie)
  yield* begin(setOf("refresh-0"))
  yield* TestClock.adjust("1 minute")
  const token = Effect.gen(function* () {
    const asked = TokenProvider.use((provider) => provider.token({}))
    const told = Effect.match(asked, {
      onFailure: ({ explanation }) => explanation.code,
      onSuccess: ({ value }) => Redacted.value(value),
    })
    const fiber = yield* Effect.forkChild(told)
    yield* pass(60_000, 60)
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(context))
  const isThere = Login.use((login) => login.current).pipe(
    Effect.map((current) => current !== undefined),
    Effect.provide(context),
  )
  const spent = () => sent.map(({ form }) => form.get("refresh_token"))
  /** A login that somebody begins while the issuer is being asked, once. */
  const beginMeanwhile = (set: TokenSet) => {
    meanwhile = Effect.suspend(() => {
      meanwhile = Effect.void
      return begin(set)
    })
  }
  return { token, isThere, spent, beginMeanwhile }
})

describe("a login whose renewal is refused", () => {
  const passing: ReadonlyArray<readonly [error: string, status: number, code: string]> = [
    ["invalid_client", 401, "invalid_client"],
    ["unauthorized_client", 400, "unauthorized_client"],
    ["invalid_scope", 400, "invalid_scope"],
    ["invalid_target", 400, "invalid_target"],
    ["something_new", 400, "rejected"],
  ]
  for (const [error, status, code] of passing) {
    it.effect(`stays with ${error}, which says nothing of the grant`, () =>
      Effect.gen(function* () {
        const { token, isThere, spent } = yield* renewing({ status, json: { error } }, renewed)
        assert.strictEqual(yield* token, code)
        assert.isTrue(yield* isThere)
        assert.strictEqual(yield* token, "access-1")
        assert.deepStrictEqual(spent(), ["refresh-0", "refresh-0"])
      }).pipe(Effect.scoped),
    )
  }

  it.effect("ends with invalid_grant, and the refresh token is not sent again", () =>
    Effect.gen(function* () {
      const { token, isThere, spent } = yield* renewing({ status: 400, json: { error: "invalid_grant" } }, renewed)
      assert.strictEqual(yield* token, "login_required")
      assert.isFalse(yield* isThere)
      assert.strictEqual(yield* token, "login_required")
      assert.deepStrictEqual(spent(), ["refresh-0"])
    }).pipe(Effect.scoped),
  )

  it.effect("does not end the one that was begun while the issuer was asked", () =>
    Effect.gen(function* () {
      const refused = { status: 400, json: { error: "invalid_grant" } }
      const { token, isThere, spent, beginMeanwhile } = yield* renewing(refused)
      const accessToken = Redacted.make("access-of-the-new-one")
      beginMeanwhile({ ...setOf("refresh-9"), accessToken, receivedAt: 60_000, expiresAt: 86_400_000 })
      assert.strictEqual(yield* token, "access-of-the-new-one")
      assert.isTrue(yield* isThere)
      assert.deepStrictEqual(spent(), ["refresh-0"])
    }).pipe(Effect.scoped),
  )
})
