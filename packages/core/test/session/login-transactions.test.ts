import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import type { AuthorizationTransaction } from "../../src/acquire/authorization-transaction.ts"
import { encodeTransaction } from "../../src/acquire/authorization-transaction-json.ts"
import { parseTarget } from "../../src/model/target.ts"
import { type Cookies, parseCookies } from "../../src/session/cookie.ts"
import { makeCookieSeal } from "../../src/session/cookie-seal.ts"
import { makeLoginTransactions } from "../../src/session/login-transactions.ts"

const prefix = "__Host-login-"
const minute = 60_000

const transactionOf = (state: string, startedAt: number): AuthorizationTransaction => ({
  id: `id-${state}`,
  issuer: "https://issuer.example",
  clientId: "app",
  redirectUri: "https://app.example/cb",
  responseType: "code",
  responseMode: "query",
  target: Result.getOrThrow(parseTarget({})),
  state: Redacted.make(state),
  nonce: Redacted.make("nonce"),
  acrValues: [],
  startedAt,
  expiresAt: startedAt + 10 * minute,
})

/** A browser that may hold other cookies, and the logins that an application begins in it. */
const makeBrowser = Effect.gen(function* () {
  const seal = yield* makeCookieSeal(["x".repeat(32)], { purpose: "login", cookie: prefix })
  const logins = makeLoginTransactions(prefix, seal)
  const held = new Map([["other", "cookie"]])
  const cookies = (): Cookies => parseCookies([...held].map((pair) => pair.join("=")).join("; "))
  const take = (lines: ReadonlyArray<string>) => {
    for (const line of lines) {
      const [, name = "", value = "", maxAge] = /^([^=]+)=([^;]*); Path=\/; Max-Age=(\d+);/.exec(line) ?? []
      if (maxAge === "0") held.delete(name)
      else held.set(name, value)
    }
    return lines
  }
  const begin = Effect.fnUntraced(function* (state: string) {
    const startedAt = yield* Clock.currentTimeMillis
    return take(yield* logins.add({ transaction: transactionOf(state, startedAt), returnTo: `/${state}` }, cookies()))
  })
  const find = (state: string) => logins.find(state, cookies())
  const known = (...states: ReadonlyArray<string>) =>
    Effect.map(Effect.forEach(states, find), (found) => found.map((each) => each?.returnTo))
  return { seal, held, begin, find, known, take }
})

const law = (name: string, body: (browser: Effect.Success<typeof makeBrowser>) => Effect.Effect<void, unknown>) =>
  it.effect(name, () =>
    Effect.andThen(
      TestClock.setTime(1_800_000_000_000),
      Effect.flatMap(makeBrowser, (browser) => body(browser)),
    ),
  )

describe("logins under way", () => {
  law("are found by their state, and removed by the lines that come with them", ({ begin, find, held, take }) =>
    Effect.gen(function* () {
      const [line] = yield* begin("one")
      assert.match(line ?? "", /^__Host-login-[\w-]{32}=[^;]+; Path=\/; Max-Age=600; /)
      const found = yield* find("one")
      assert.deepInclude(found, { returnTo: "/one" })
      assert.strictEqual(found?.transaction.id, "id-one")
      assert.isUndefined(yield* find("two"))
      take(found?.remove ?? [])
      assert.deepStrictEqual([...held.keys()], ["other"])
    }),
  )

  law("are four at most: the oldest goes, whatever the order of the cookies", ({ begin, held, known }) =>
    Effect.gen(function* () {
      for (const state of ["a", "b", "c", "d"]) {
        assert.lengthOf(yield* begin(state), 1)
        yield* TestClock.adjust("1 second")
      }
      const [first = ["", ""]] = [...held].slice(1)
      held.delete(first[0])
      held.set(...first)
      assert.lengthOf(yield* begin("e"), 2)
      assert.deepStrictEqual(yield* known("a", "b", "c", "d", "e"), [undefined, "/b", "/c", "/d", "/e"])
    }),
  )

  law("push out as many as there are too many", ({ begin, held, seal, known }) =>
    Effect.gen(function* () {
      const startedAt = yield* Clock.currentTimeMillis
      for (let n = 0; n < 6; n++) {
        const transaction = encodeTransaction(transactionOf(`${n}`, startedAt + n))
        held.set(`${prefix}${n}`, yield* seal.seal(JSON.stringify({ returnTo: "/", transaction })))
      }
      assert.lengthOf(yield* begin("new"), 1 + 3)
      assert.deepStrictEqual([...held.keys()].slice(0, 4), ["other", `${prefix}3`, `${prefix}4`, `${prefix}5`])
      assert.deepStrictEqual(yield* known("new"), ["/new"])
    }),
  )

  law("that have ended, or are none, go first and all at once", ({ begin, held, known }) =>
    Effect.gen(function* () {
      yield* begin("old")
      yield* begin("older")
      yield* TestClock.adjust("5 minutes")
      yield* begin("young")
      held.set(`${prefix}forged`, "value")
      yield* TestClock.adjust("5 minutes")
      assert.lengthOf(yield* begin("new"), 1 + 3)
      assert.deepStrictEqual(yield* known("old", "older", "young", "new"), [undefined, undefined, "/young", "/new"])
      assert.isFalse(held.has(`${prefix}forged`))
    }),
  )

  law("that begin again with the same state take the same cookie", ({ begin, held, known }) =>
    Effect.gen(function* () {
      for (const state of ["a", "b", "c", "d"]) yield* begin(state)
      assert.lengthOf(yield* begin("a"), 1)
      assert.strictEqual(held.size, 5)
      assert.deepStrictEqual(yield* known("a", "d"), ["/a", "/d"])
    }),
  )

  law("are none when what was sealed is something else", ({ begin, find, held, seal }) =>
    Effect.gen(function* () {
      yield* begin("one")
      const name = [...held.keys()].at(-1) ?? ""
      const transaction = encodeTransaction(transactionOf("one", 0))
      for (const other of [
        { returnTo: 1, transaction },
        { transaction },
        { returnTo: "/" },
        { returnTo: "/", transaction: "{}" },
        [],
        "x",
      ]) {
        held.set(name, yield* seal.seal(JSON.stringify(other)))
        assert.isUndefined(yield* find("one"), JSON.stringify(other))
      }
      held.set(name, yield* seal.seal(JSON.stringify({ returnTo: "/", transaction })))
      assert.deepInclude(yield* find("one"), { returnTo: "/" })
    }),
  )
})
