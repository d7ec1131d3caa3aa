import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { sharedFlightsLayer } from "../../src/http/single-flight.ts"
import type { TokenSet } from "../../src/model/token-set.ts"
import { Login, loginLayer } from "../../src/provide/login.ts"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { memoryLockLayer } from "../../src/store/lock.ts"
import { memoryStoreLayer } from "../../src/store/token-store.ts"
import { scripted, scriptedClient } from "../support/scripted.ts"

const encode = (json: object): string => Buffer.from(JSON.stringify(json)).toString("base64url")

/** What a flow brings for a person: with an ID token that names them, unless nobody is named. */
const setFor = (sub: string | undefined, name: string): TokenSet => ({
  accessToken: Redacted.make(`access-${name}`),
  refreshToken: Redacted.make(`refresh-${name}`),
  ...(sub !== undefined && { idToken: Redacted.make(`${encode({ alg: "RS256" })}.${encode({ sub })}.c2ln`) }),
  tokenType: "Bearer",
  receivedAt: 0,
  expiresAt: 3_600_000,
  scopes: [],
  presented: "access_token",
})

/** The refresh tokens that are revoked when these log in one after the other, and whose token is used then. */
const after = Effect.fnUntraced(function* (...sets: ReadonlyArray<TokenSet>) {
  const { network, sent } = scripted({ json: {} })
  const layer = loginLayer({ client: scriptedClient, key: "person" }).pipe(
    Layer.provide([network, sharedFlightsLayer, memoryLockLayer, memoryStoreLayer()]),
  )
  const used = yield* Effect.gen(function* () {
    const login = yield* Login
    for (const set of sets) yield* login.begin(set, {})
    // what is revoked is revoked in the background
    yield* TestClock.adjust("10 seconds")
    const { value } = yield* (yield* TokenProvider).token({})
    return Redacted.value(value)
  }).pipe(Effect.provide(layer))
  const revoked = sent.filter(({ url }) => url.endsWith("/revoke")).map(({ form }) => form.get("token"))
  return { used, revoked }
})

describe("a login over another", () => {
  const [ada, ben] = [setFor("ada", "1"), setFor("ben", "2")]

  it.effect("revokes the refresh token of somebody else", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* after(ada, ben), { used: "access-2", revoked: ["refresh-1"] })
      assert.deepStrictEqual(yield* after(ada, ben, setFor("ada", "3")), {
        used: "access-3",
        revoked: ["refresh-1", "refresh-2"],
      })
    }),
  )

  it.effect("revokes nothing of the same person, whose tokens may share a grant", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* after(ada, setFor("ada", "2")), { used: "access-2", revoked: [] })
    }),
  )

  it.effect("revokes nothing where it is not known whose it was, or is", () =>
    Effect.gen(function* () {
      for (const sets of [
        [setFor(undefined, "1"), ben],
        [ada, setFor(undefined, "2")],
        [setFor(undefined, "1"), setFor(undefined, "2")],
      ])
        assert.deepStrictEqual(yield* after(...sets), { used: "access-2", revoked: [] })
    }),
  )

  it.effect("is none if its target is wrong: the one before it stays, and the new refresh token is revoked", () =>
    Effect.gen(function* () {
      const { network, sent } = scripted({ json: {} })
      const layer = loginLayer({ client: scriptedClient, key: "person" }).pipe(
        Layer.provide([network, sharedFlightsLayer, memoryLockLayer, memoryStoreLayer()]),
      )
      yield* Effect.gen(function* () {
        const login = yield* Login
        yield* login.begin(ada, {})
        const error = yield* Effect.flip(login.begin(ben, { resource: "no URL" }))
        assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "resource" })
        yield* TestClock.adjust("10 seconds")
        assert.strictEqual((yield* login.current)?.claims?.sub, "ada")
      }).pipe(Effect.provide(layer))
      assert.deepStrictEqual(
        sent.map(({ form }) => form.get("token")),
        ["refresh-2"],
      )
    }),
  )
})

describe("a login that ends", () => {
  const opened = Effect.map(
    Effect.sync(() => scripted({ json: {} })),
    ({ network, sent }) => {
      const options = { client: scriptedClient, key: "person", own: { scope: "read" } }
      const layer = loginLayer(options).pipe(
        Layer.provide([network, sharedFlightsLayer, memoryLockLayer, memoryStoreLayer()]),
      )
      return { layer, sent }
    },
  )

  it.effect("asks the issuer for nothing where there is nobody, or no refresh token", () =>
    Effect.gen(function* () {
      const { layer, sent } = yield* opened
      const { refreshToken: _, ...set } = setFor("ada", "1")
      yield* Effect.gen(function* () {
        const login = yield* Login
        yield* login.signOut
        assert.isUndefined(yield* login.end())
        yield* login.begin(set, { scope: "read" })
        yield* login.signOut
        assert.isUndefined(yield* login.current)
      }).pipe(Effect.provide(layer))
      assert.lengthOf(sent, 0)
    }),
  )

  it.effect("tells before until when its own token can be used, if it has one", () =>
    Effect.gen(function* () {
      for (const [target, endsAt] of [
        [{ scope: "read" }, 3_590_000],
        [{ scope: "write" }, undefined],
      ] as const) {
        const { layer } = yield* opened
        const current = yield* Login.use((login) =>
          Effect.andThen(login.begin(setFor("ada", "1"), target), login.current),
        ).pipe(Effect.provide(layer))
        assert.strictEqual(current?.endsAt, endsAt)
      }
    }),
  )
})
