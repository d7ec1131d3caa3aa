import { beginAuthorization, fixedDiscoveryLayer, httpLayer, none } from "@bearerkit/core"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { mapStorage } from "../../core/test/support/storage.ts"
import { makePendingLogins } from "../src/pending-login.ts"

const issuer = "https://issuer.example"
const network = Layer.merge(
  fixedDiscoveryLayer({ issuer, authorizationEndpoint: `${issuer}/authorize`, tokenEndpoint: `${issuer}/token` }),
  httpLayer(),
)
const client = { issuer, clientId: "spa", clientAuth: none() }
const begun = Effect.provide(
  beginAuthorization(client, { scope: "openid" }, { redirectUri: "https://app.example/callback" }),
  network,
)

describe("logins under way", () => {
  it.effect("are found by their state, each once, with what the page wants to know", () =>
    Effect.gen(function* () {
      const pending = makePendingLogins(() => mapStorage(), client)
      const storage = mapStorage()
      const logins = makePendingLogins(() => storage, client)
      const [one, other] = [yield* begun, yield* begun]
      yield* logins.put({ transaction: one.transaction, returnTo: "/one", resume: { id: 1 } })
      yield* logins.put({ transaction: other.transaction, returnTo: "/other", resume: undefined })
      const state = Redacted.value(one.transaction.state)
      const found = yield* logins.take(state)
      assert.strictEqual(found?._tag, "Waiting")
      if (found?._tag !== "Waiting") return
      assert.deepStrictEqual(found.login, { transaction: one.transaction, returnTo: "/one", resume: { id: 1 } })
      assert.deepStrictEqual(yield* logins.take(state), { _tag: "Used", returnTo: "/one" })
      assert.strictEqual((yield* logins.take(Redacted.value(other.transaction.state)))?._tag, "Waiting")
      assert.isUndefined(yield* pending.take(state))
      assert.notInclude(JSON.stringify([...storage.entries]), Redacted.value(one.transaction.verifier!))
    }),
  )

  it.effect("make room for newer ones, ten in all, and are kept no longer than that", () =>
    Effect.gen(function* () {
      const storage = mapStorage()
      const logins = makePendingLogins(() => storage, client)
      const states: Array<string> = []
      for (let n = 0; n < 30; n++) {
        const { transaction } = yield* begun
        states.push(Redacted.value(transaction.state))
        yield* logins.put({ transaction, returnTo: `/${n}`, resume: "x".repeat(65_536) })
      }
      assert.isBelow([...storage.entries.values()].join("").length, 11 * 70_000)
      assert.isUndefined(yield* logins.take(states[19] ?? ""))
      assert.strictEqual((yield* logins.take(states[20] ?? ""))?._tag, "Waiting")
      assert.strictEqual((yield* logins.take(states[29] ?? ""))?._tag, "Waiting")
    }),
  )

  it.effect("are another client's where it has begun them", () =>
    Effect.gen(function* () {
      const storage = mapStorage()
      const logins = makePendingLogins(() => storage, client)
      const { transaction } = yield* begun
      const state = Redacted.value(transaction.state)
      yield* logins.put({ transaction, returnTo: "/", resume: undefined })
      for (const other of [
        { ...client, clientId: "other" },
        { ...client, issuer: "https://other.example" },
      ]) {
        const others = makePendingLogins(() => storage, other)
        assert.deepStrictEqual(yield* others.take(state), { _tag: "Foreign" })
      }
      assert.strictEqual((yield* logins.take(state))?._tag, "Waiting")
      const others = makePendingLogins(() => storage, { ...client, clientId: "other" })
      assert.deepStrictEqual(yield* others.take(state), { _tag: "Foreign" })
    }),
  )

  it.effect("are not found by a state that is none of ours, whatever the storage holds", () =>
    Effect.gen(function* () {
      const storage = mapStorage()
      const logins = makePendingLogins(() => storage, client)
      const { transaction } = yield* begun
      const state = Redacted.value(transaction.state)
      yield* logins.put({ transaction, returnTo: "/", resume: undefined })
      const [[key = "", text = ""] = []] = [...storage.entries]
      for (const value of ["", "null", "{}", '{"returnTo":1}', '{"returnTo":"/","transaction":"x"}']) {
        storage.entries.set(key, JSON.stringify({ ...JSON.parse(text), value }))
        assert.isUndefined(yield* logins.take(state), value)
      }
      for (const other of ["", "__proto__", "x".repeat(44), "../".repeat(14)]) {
        assert.isUndefined(yield* logins.take(other))
      }
    }),
  )
})
