import { startIssuer, type Issuer } from "@bearerkit/issuer"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { password } from "../../src/acquire/password.ts"
import type { AcquireReason } from "../../src/errors/acquire-error.ts"
import type { StoreReason } from "../../src/errors/store-error.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { alice, network, orders, secretOf, startTestIssuer } from "../support/world.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await startTestIssuer()
})
afterAll(() => issuer.close())

const target = { audience: orders, scope: "openid offline_access read" }
const client = () => ({
  issuer: issuer.url,
  clientId: "rotating",
  clientAuth: clientSecretBasic(secretOf("rotating")),
})

/** A way to the issuer on which an answer can be held back, and which tells what was revoked. */
const heldNetwork = Effect.gen(function* () {
  const arrived = yield* Deferred.make<void>()
  const release = yield* Deferred.make<void>()
  const revoked = yield* Deferred.make<number>()
  const held = { refresh: false, badly: false }
  const send: typeof fetch = async (url, init) => {
    const response = await fetch(url, init)
    if (String(url).endsWith("/revoke")) Effect.runSync(Deferred.succeed(revoked, response.status))
    if (held.refresh && String(init?.body).includes("grant_type=refresh_token")) {
      Effect.runSync(Deferred.succeed(arrived, undefined))
      await Effect.runPromise(Deferred.await(release))
    }
    return held.badly && response.url.endsWith("/token") ? withoutLifetime(response) : response
  }
  return { arrived, release, revoked, held, layer: network({ fetch: send }) }
})

/** The answer with a lifetime that is none. */
const withoutLifetime = async (response: Response): Promise<Response> =>
  Response.json({ ...((await response.json()) as object), expires_in: "soon" })

const loggedIn = (layer: ReturnType<typeof network>) =>
  loginLayer({ client: client(), key: "login" }).pipe(
    Layer.provideMerge(Layer.mergeAll(layer, memoryStoreLayer(), memoryLockLayer)),
  )

const signIn = Effect.gen(function* () {
  const set = yield* password(alice).acquire(client(), Result.getOrThrow(parseTarget(target)))
  yield* Login.use((login) => login.begin(set, target))
  return set
})

const refusalOf = (wanted: TargetInput) =>
  Effect.map(
    Effect.flip(TokenProvider.use((provider) => provider.token(wanted))),
    (error): AcquireReason | StoreReason => error.reason,
  )

const refresh = (token: string) =>
  Effect.promise(() =>
    fetch(`${issuer.url}/token`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`rotating:${encodeURIComponent(secretOf("rotating"))}`)}` },
      body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: token }),
    }),
  )

describe("signing out", () => {
  it.live("has the issuer revoke the refresh token, and leaves nothing here", () =>
    Effect.gen(function* () {
      const { layer, revoked } = yield* heldNetwork
      yield* Effect.gen(function* () {
        const set = yield* signIn
        yield* Login.use((login) => login.signOut)
        assert.strictEqual(yield* Deferred.await(revoked), 200)
        const again = yield* refresh(Redacted.value(set.refreshToken!))
        assert.strictEqual(again.status, 400)
        assert.isUndefined(yield* Login.use((login) => login.current))
        const reason = yield* refusalOf(target)
        assert.deepStrictEqual(reason, { _tag: "LoginRequired", because: "nobody is signed in" })
        yield* Login.use((login) => login.signOut)
      }).pipe(Effect.provide(loggedIn(layer)))
    }),
  )

  it.live("revokes what a renewal that was under way brings back", () =>
    Effect.gen(function* () {
      const { layer, arrived, release, revoked, held } = yield* heldNetwork
      yield* Effect.gen(function* () {
        yield* signIn
        held.refresh = true
        const other = { audience: orders, scope: "read" }
        const caller = yield* Effect.forkChild(refusalOf(other))
        yield* Deferred.await(arrived)
        yield* Login.use((login) => login.end())
        assert.isFalse(yield* Deferred.isDone(revoked))
        yield* Deferred.succeed(release, undefined)
        assert.deepStrictEqual(yield* Fiber.join(caller), { _tag: "LoginRequired", because: "nobody is signed in" })
        assert.strictEqual(yield* Deferred.await(revoked), 200)
        assert.strictEqual(issuer.refreshes.at(-1)?.outcome, "ok")
      }).pipe(Effect.provide(loggedIn(layer)))
    }),
  )

  it.live("revokes the refresh token of an answer of which nothing else can be used, too", () =>
    Effect.gen(function* () {
      const { layer, arrived, release, revoked, held } = yield* heldNetwork
      yield* Effect.gen(function* () {
        yield* signIn
        Object.assign(held, { refresh: true, badly: true })
        const caller = yield* Effect.forkChild(refusalOf({ audience: orders, scope: "read" }))
        yield* Deferred.await(arrived)
        yield* Login.use((login) => login.end())
        yield* Deferred.succeed(release, undefined)
        assert.deepInclude(yield* Fiber.join(caller), { _tag: "MalformedResponse" })
        assert.strictEqual(yield* Deferred.await(revoked), 200)
      }).pipe(Effect.provide(loggedIn(layer)))
    }),
  )

  it.live("is done here although the issuer is away", () =>
    Effect.gen(function* () {
      const away = yield* Effect.promise(() =>
        startIssuer({ config: { clients: [{ id: "c", grants: ["device-code"] }] } }),
      )
      yield* Effect.promise(() => away.close())
      const gone = { issuer: away.url, clientId: "c", clientAuth: clientSecretBasic("x") }
      const now = yield* Clock.currentTimeMillis
      const set = {
        accessToken: Redacted.make("a"),
        refreshToken: Redacted.make("r"),
        tokenType: "Bearer",
        receivedAt: now,
        expiresAt: now + 60_000,
        scopes: [],
        presented: "access_token",
      } as const
      yield* Effect.gen(function* () {
        yield* Login.use((login) => login.begin(set, {}))
        yield* Login.use((login) => login.signOut)
        assert.isUndefined(yield* Login.use((login) => login.current))
      }).pipe(
        Effect.provide(
          loginLayer({ client: gone, key: "login" }).pipe(
            Layer.provideMerge(Layer.mergeAll(network(), memoryStoreLayer(), memoryLockLayer)),
          ),
        ),
      )
    }),
  )
})
