import type { Issuer } from "@bearerkit/issuer"
import { Person } from "@bearerkit/services"
import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { inspect } from "node:util"
import * as TestClock from "effect/testing/TestClock"
import { afterAll, beforeAll } from "vitest"
import { authorizationCode, beginAuthorization, completeAuthorization } from "../../src/acquire/authorization-code.ts"
import { decodeTransaction, encodeTransaction } from "../../src/acquire/authorization-transaction-json.ts"
import type { CompleteOptions } from "../../src/acquire/complete.ts"
import { completeImplicit } from "../../src/acquire/implicit.ts"
import { parseTarget } from "../../src/model/target.ts"
import { none } from "../../src/protocol/client-auth.ts"
import { arrive } from "../support/login.ts"
import { reasonOf } from "../support/reason.ts"
import { alice, callback, network, orders, startTestIssuer } from "../support/world.ts"

const target = { audience: orders, scope: "openid read" }
let issuer: Issuer

describe("of a code that came back from the issuer", () => {
  beforeAll(async () => {
    issuer = await startTestIssuer()
  })
  afterAll(() => issuer.close())

  const client = () => ({ issuer: issuer.url, clientId: "spa", clientAuth: none() })
  const begin = (options = {}) => beginAuthorization(client(), target, { redirectUri: callback, ...options })
  const complete = (options: CompleteOptions) => completeAuthorization(client(), options)
  const codeOf = (options: CompleteOptions) =>
    Effect.map(Effect.flip(complete(options)), ({ explanation }) => explanation.code)
  const changed = (arrived: CompleteOptions, change: (params: URLSearchParams) => void): CompleteOptions => {
    const url = new URL(String(arrived.callback))
    change(url.searchParams)
    return { ...arrived, callback: url.href }
  }
  const test = (name: string, body: () => Effect.Effect<void, unknown, Effect.Services<ReturnType<typeof begin>>>) =>
    it.live(name, () => Effect.provide(Effect.suspend(body), network()))

  test("nothing is spent by what is refused: the right answer still counts, once", () =>
    Effect.gen(function* () {
      const arrived = yield* Effect.flatMap(begin(), (begun) => arrive(begun))
      const other = (yield* begin()).transaction
      const before = issuer.countRequests("/token", "POST")
      const refused: ReadonlyArray<readonly [string, CompleteOptions]> = [
        ["invalid_state", changed(arrived, (params) => params.set("state", "wrong"))],
        ["invalid_callback", changed(arrived, (params) => params.delete("state"))],
        ["invalid_state", { ...arrived, transaction: other }],
        ["issuer_mismatch", changed(arrived, (params) => params.set("iss", "https://evil.example"))],
        ["issuer_mismatch", changed(arrived, (params) => params.delete("iss"))],
        ["invalid_callback", changed(arrived, (params) => params.append("code", "another"))],
        ["invalid_callback", changed(arrived, (params) => params.append("state", "another"))],
        ["invalid_callback", changed(arrived, (params) => params.set("id_token", "a.b.c"))],
        ["invalid_callback", changed(arrived, (params) => params.set("access_token", "a"))],
        ["invalid_callback", changed(arrived, (params) => params.set("tab", "a".repeat(100_000)))],
        ["invalid_callback", { ...arrived, callback: `${callback}?tab=1` }],
        ["invalid_callback", { ...arrived, callback: `${callback}#${"a".repeat(100_000)}` }],
        ["invalid_callback", { ...arrived, callback: "" }],
        [
          "invalid_transaction",
          { ...arrived, transaction: { ...arrived.transaction, issuer: "https://evil.example" } },
        ],
        ["invalid_transaction", { ...arrived, transaction: { ...arrived.transaction, clientId: "another" } }],
        ["invalid_transaction", { ...arrived, transaction: { ...arrived.transaction, responseType: "id_token" } }],
        ["transaction_expired", { ...arrived, transaction: { ...arrived.transaction, expiresAt: Date.now() } }],
      ]
      for (const [code, options] of refused) assert.strictEqual(yield* codeOf(options), code)
      assert.strictEqual(issuer.countRequests("/token", "POST"), before)

      const { claims } = yield* complete(arrived)
      assert.match(claims?.sub ?? "", /^database\|/)
      assert.strictEqual(yield* codeOf(arrived), "invalid_grant")
    }))

  test("two logins at once do not touch each other, in whichever order they end", () =>
    Effect.gen(function* () {
      const person = new Person(alice)
      const [first, second] = [yield* begin(), yield* begin()]
      const one = yield* arrive(first, person)
      const two = yield* arrive(second, person)
      assert.strictEqual(yield* codeOf({ ...one, transaction: two.transaction }), "invalid_state")
      yield* complete(two)
      yield* complete(one)
    }))

  test("a code of somebody else's login is refused by PKCE, even with the right state", () =>
    Effect.gen(function* () {
      const mine = yield* Effect.flatMap(begin(), (begun) => arrive(begun))
      const theirs =
        new URL(String((yield* Effect.flatMap(begin(), (begun) => arrive(begun))).callback)).searchParams.get("code") ??
        ""
      assert.strictEqual(yield* codeOf(changed(mine, (params) => params.set("code", theirs))), "invalid_grant")
    }))

  test("a person who refuses is told apart from one who could not", () =>
    Effect.gen(function* () {
      const refusing = new Person({ ...alice, consent: "refuse" })
      const arrived = yield* arrive(yield* begin(), refusing)
      const reason = yield* reasonOf(complete(arrived))
      assert.deepInclude(reason, { _tag: "AuthorizationRefused", error: "access_denied" })
      assert.strictEqual(yield* codeOf(changed(arrived, (params) => params.set("state", "wrong"))), "invalid_state")
      const silent = yield* arrive(yield* begin({ prompt: "none" }))
      assert.strictEqual(yield* codeOf(silent), "interaction_required")
    }))

  test("a stored transaction completes as if it had never been away", () =>
    Effect.gen(function* () {
      const arrived = yield* Effect.flatMap(begin({ maxAge: "1 hour" }), (begun) => arrive(begun))
      const transaction = Result.getOrThrow(decodeTransaction(encodeTransaction(arrived.transaction)))
      const { claims } = yield* complete({ ...arrived, transaction })
      assert.isNumber(claims?.["auth_time"])
    }))

  test("a target that was not asked for gets nothing", () =>
    Effect.gen(function* () {
      const arrived = yield* Effect.flatMap(begin(), (begun) => arrive(begun))
      const flow = authorizationCode(arrived)
      const other = Result.getOrThrow(parseTarget({ audience: orders, scope: "openid write" }))
      assert.deepInclude(yield* reasonOf(flow.acquire(client(), other)), { problem: "transaction" })
      yield* flow.acquire(client(), Result.getOrThrow(parseTarget({ ...target, scope: ["read", "openid"] })))
      const implicit = yield* reasonOf(completeImplicit(client(), arrived))
      assert.deepInclude(implicit, { problem: "transaction" })
    }))

  test("the person has ten minutes, or as long as is said", () =>
    Effect.gen(function* () {
      const { transaction } = yield* begin()
      assert.strictEqual(transaction.expiresAt - transaction.startedAt, 600_000)
      const brief = (yield* begin({ lifetime: Duration.seconds(5) })).transaction
      assert.strictEqual(brief.expiresAt - brief.startedAt, 5000)
    }))

  it.effect("an expired transaction is refused by the clock", () =>
    Effect.gen(function* () {
      const { transaction } = yield* begin()
      const options = { transaction, callback: `${callback}?code=c&state=s` }
      yield* TestClock.adjust("599999 millis")
      assert.strictEqual(yield* codeOf(options), "invalid_state")
      yield* TestClock.adjust("1 millis")
      assert.strictEqual(yield* codeOf(options), "transaction_expired")
    }).pipe(Effect.provide(network())),
  )

  test("no error tells a secret of the login", () =>
    Effect.gen(function* () {
      const arrived = yield* Effect.flatMap(begin(), (begun) => arrive(begun))
      const { state, nonce, verifier, ...plain } = JSON.parse(encodeTransaction(arrived.transaction)) as Record<
        string,
        string
      >
      const code = new URL(String(arrived.callback)).searchParams.get("code")
      const spoilt = [
        changed(arrived, (params) => params.set("state", "wrong")),
        changed(arrived, (params) => params.append("code", "another")),
        changed(arrived, (params) => params.set("iss", String(params.get("code")).slice(0, 8))),
        { ...arrived, transaction: { ...arrived.transaction, redirectUri: `${callback}/other` } },
      ]
      for (const options of spoilt) {
        const error = yield* Effect.flip(complete(options))
        const printed = `${error.message} ${JSON.stringify(error)} ${inspect(error, { depth: 9 })}`
        for (const secret of [state, nonce, verifier, code]) assert.notInclude(printed, secret ?? "missing")
      }
      assert.isString(plain["id"])
    }))
})
