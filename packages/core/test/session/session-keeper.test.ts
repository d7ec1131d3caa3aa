import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { beginLogin } from "../../src/provide/login-record.ts"
import { type Cookies, parseCookies } from "../../src/session/cookie.ts"
import { keepInCookies, keepInStore } from "../../src/session/make-keeper.ts"
import type { SessionKeeper } from "../../src/session/session-keeper.ts"
import { makeLifetime } from "../../src/session/session-lifetime.ts"
import type { SessionRecord } from "../../src/session/session-record.ts"
import { loginsOf } from "../../src/session/session-store.ts"
import type { MakeKeeper } from "../../src/session/web-login-options.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"

const lifetimes = makeLifetime({ idle: "1 hour", absolute: "8 hours" })

const make = (keeper: MakeKeeper) =>
  Effect.gen(function* () {
    const lifetime = yield* lifetimes
    const cookieKeys = ["a key of the cookies that is long enough"] as const
    return yield* keeper({ cookieName: "__Host-session", cookieKeys, issuer: "https://issuer.example", lifetime })
  })

const sessionOf = (claims: object = {}, accessToken = "access") =>
  Effect.gen(function* () {
    const now = yield* Clock.currentTimeMillis
    const set = {
      accessToken: Redacted.make(accessToken),
      tokenType: "Bearer",
      receivedAt: now,
      expiresAt: now + 600_000,
      scopes: [],
      presented: "access_token",
      refreshToken: Redacted.make("refresh"),
    } as const
    const all = { sub: "alice", ...claims }
    const endsAt = (yield* lifetimes).latestEnd(all, now)
    return { claims: all, startedAt: now, seenAt: now, endsAt, revision: 0, login: beginLogin(set, "{}") }
  })

const cookiesAfter = (lines: ReadonlyArray<string>, before: Cookies = new Map()): Cookies => {
  const cookies = new Map(before)
  for (const line of lines) {
    const [pair = "", , maxAge] = line.split("; ")
    const [name = "", value = ""] = pair.split("=")
    if (maxAge === "Max-Age=0") cookies.delete(name)
    else cookies.set(name, value)
  }
  return parseCookies([...cookies].map(([name, value]) => `${name}=${value}`).join("; "))
}

const begin = Effect.fnUntraced(function* (keeper: SessionKeeper, record?: SessionRecord) {
  return cookiesAfter((yield* keeper.begin(record ?? (yield* sessionOf()), new Map())) ?? [])
})

const each: ReadonlyArray<readonly [string, MakeKeeper]> = [
  ["cookies", keepInCookies()],
  ["a store", keepInStore],
]

describe.each(each)("sessions in %s", (_, keeping) => {
  const law = (title: string, body: (keeper: SessionKeeper) => Effect.Effect<void, unknown, never>) =>
    it.effect(title, () => Effect.provide(Effect.flatMap(make(keeping), body), memoryStoreLayer()))

  law("are found by the browser's cookies, as they were begun", (keeper) =>
    Effect.gen(function* () {
      const record = yield* sessionOf({ name: "Alice" })
      const cookies = yield* begin(keeper, record)
      const kept = yield* keeper.open(cookies)
      assert.deepStrictEqual(kept?.record.claims, { sub: "alice", name: "Alice" })
      assert.strictEqual(kept?.record.login.id, record.login.id)
      assert.isUndefined(yield* keeper.open(new Map()))
      assert.deepStrictEqual(cookiesAfter(keeper.forget(cookies), cookies).size, 0)
    }),
  )

  law("end when nobody uses them, unless somebody does", (keeper) =>
    Effect.gen(function* () {
      let cookies = yield* begin(keeper)
      for (let n = 0; n < 3; n++) {
        yield* TestClock.adjust("50 minutes")
        const kept = yield* keeper.open(cookies)
        cookies = cookiesAfter(yield* kept!.settle, cookies)
      }
      const before = cookies
      yield* TestClock.adjust("61 minutes")
      assert.isUndefined(yield* keeper.open(before))
    }),
  )

  law("are not written again for every request", (keeper) =>
    Effect.gen(function* () {
      const cookies = yield* begin(keeper)
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(yield* (yield* keeper.open(cookies))!.settle, [])
    }),
  )

  law("end when the ID token says so, however often they are used", (keeper) =>
    Effect.gen(function* () {
      let cookies = yield* begin(keeper, yield* sessionOf({ session_expiry: 5400 }))
      yield* TestClock.adjust("50 minutes")
      cookies = cookiesAfter(yield* (yield* keeper.open(cookies))!.settle, cookies)
      assert.isDefined(yield* keeper.open(cookies))
      yield* TestClock.adjust("41 minutes")
      assert.isUndefined(yield* keeper.open(cookies))
    }),
  )

  law("that have ended are not revived by a write that was under way", (keeper) =>
    Effect.gen(function* () {
      const cookies = yield* begin(keeper)
      const kept = yield* keeper.open(cookies)
      const logins = loginsOf(kept!.sessions)
      const read = yield* logins.read
      assert.isTrue(yield* kept!.sessions.end())
      assert.isFalse(yield* logins.replace(read!.record, read!.version))
      assert.isFalse(yield* kept!.sessions.replace(kept!.record, read!.version))
      assert.isUndefined(yield* logins.read)
      assert.isUndefined(yield* keeper.open(cookies))
      yield* TestClock.adjust("20 minutes")
      assert.isUndefined(yield* keeper.open(cookies))
    }),
  )

  law("that began in another tab are not taken away by a request of the one before", (keeper) =>
    Effect.gen(function* () {
      const before = yield* begin(keeper)
      const slow = yield* keeper.open(before)
      yield* TestClock.adjust("10 minutes")
      yield* slow!.sessions.end()
      const next = yield* sessionOf({ sub: "bob" })
      const browser = cookiesAfter((yield* keeper.begin(next, before))!, before)
      const after = cookiesAfter(yield* slow!.settle, browser)
      assert.strictEqual((yield* keeper.open(after))?.record.claims.sub, "bob")
    }),
  )

  law("are written over the version that was read, and over no other", (keeper) =>
    Effect.gen(function* () {
      const cookies = yield* begin(keeper)
      const [one, other] = [yield* keeper.open(cookies), yield* keeper.open(cookies)]
      const [first, second] = [loginsOf(one!.sessions), loginsOf(other!.sessions)]
      const read = yield* first.read
      assert.isTrue(yield* first.replace({ ...read!.record, refreshToken: Redacted.make("next") }, read!.version))
      assert.isFalse(yield* second.replace(read!.record, read!.version))
      const now = yield* keeper.open(cookies)
      assert.strictEqual(Redacted.value(now!.record.login.refreshToken!), "next")
    }),
  )

  law("remember that a name was used, for its time", ({ used }) =>
    Effect.gen(function* () {
      assert.isFalse(yield* used.isUsed("a"))
      yield* used.remember("a", Duration.minutes(1))
      assert.deepStrictEqual([yield* used.isUsed("a"), yield* used.isUsed("b")], [true, false])
      yield* TestClock.adjust("2 minutes")
      assert.isFalse(yield* used.isUsed("a"))
    }),
  )
})

describe("sessions in cookies", () => {
  it.effect("that do not fit are an error that names the store", () =>
    Effect.gen(function* () {
      const keeper = yield* make(keepInCookies())
      const error = yield* Effect.flip(keeper.begin(yield* sessionOf({}, "x".repeat(10_000)), new Map()))
      assert.strictEqual(error.reason._tag, "SessionTooLarge")
      assert.include(error.message, "storeKeeper()")
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("leave nothing readable in the store that they share", () =>
    Effect.gen(function* () {
      const store = yield* TokenStore
      const keeper = yield* make(keepInCookies())
      const cookies = yield* begin(keeper)
      const kept = yield* keeper.open(cookies)
      const read = yield* kept!.sessions.read
      yield* kept!.sessions.replace(read!.record, read!.version)
      const value = (yield* store.get(kept!.key))?.value
      assert.match(value ?? "", /^ey[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
    }).pipe(Effect.provide(memoryStoreLayer())),
  )
})

describe("sessions in a store", () => {
  it.effect("are kept under a digest: who reads the store cannot use one", () =>
    Effect.gen(function* () {
      const keeper = yield* make(keepInStore)
      const cookies = yield* begin(keeper)
      const kept = yield* keeper.open(cookies)
      assert.match(kept!.key, /^session:[0-9a-f]{64}$/)
      assert.isUndefined(yield* keeper.open(new Map([["__Host-session", kept!.key.slice(8)]])))
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("of one person are at most a hundred: the oldest ends", () =>
    Effect.gen(function* () {
      const keeper = yield* make(keepInStore)
      const all: Array<Cookies> = []
      for (let n = 0; n < 102; n++) all.push(yield* begin(keeper))
      const open = yield* Effect.forEach(all, keeper.open)
      assert.deepStrictEqual(
        open.map((kept) => kept !== undefined),
        all.map((_, n) => n >= 2),
      )
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("that have ended make room before the oldest does", () =>
    Effect.gen(function* () {
      const keeper = yield* make(keepInStore)
      const first = yield* begin(keeper)
      for (let n = 0; n < 150; n++) {
        const kept = yield* keeper.open(yield* begin(keeper))
        yield* kept!.sessions.end()
        yield* TestClock.adjust("10 seconds")
      }
      assert.isDefined(yield* keeper.open(first))
      const names = { sub: "alice", sid: undefined }
      assert.include(yield* keeper.index!.find(names), (yield* keeper.open(first))!.key)
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("are found by the issuer's name, and those without one by the person's", () =>
    Effect.gen(function* () {
      const keeper = yield* make(keepInStore)
      const keyOf = Effect.fnUntraced(function* (claims: object) {
        return (yield* keeper.open(yield* begin(keeper, yield* sessionOf(claims))))!.key
      })
      const [named, nameless] = [yield* keyOf({ sid: "1" }), yield* keyOf({})]
      yield* keyOf({ sub: "bob" })
      const { find } = keeper.index!
      assert.deepStrictEqual(yield* find({ sub: "alice", sid: "1" }), [named])
      assert.deepStrictEqual(yield* find({ sub: "alice", sid: undefined }), [named, nameless])
      assert.deepStrictEqual(yield* find({ sub: "alice", sid: "2" }), [nameless])
      assert.deepStrictEqual(yield* find({ sub: undefined, sid: "2" }), [])
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("that a logout token ends before they are written do not begin", () =>
    Effect.gen(function* () {
      const store = yield* TokenStore
      let keeper: SessionKeeper | undefined
      const logout = Effect.suspend(() => Effect.flatMap(keeper!.index!.find({ sub: "alice", sid: "1" }), endAll))
      const endAll = (keys: ReadonlyArray<string>) => Effect.forEach(keys, (key) => keeper!.index!.end(key))
      const between: TokenStore["Service"] = {
        ...store,
        put: (key, value, options) =>
          Effect.andThen(value.includes("alice") ? logout : Effect.void, store.put(key, value, options)),
      }
      keeper = yield* Effect.provideService(make(keepInStore), TokenStore, between)
      assert.isUndefined(yield* keeper.begin(yield* sessionOf({ sid: "1" }), new Map()))
    }).pipe(Effect.provide(memoryStoreLayer())),
  )
})

describe("sessions in cookies", () => {
  const tokens: ReadonlyArray<readonly [string, before: number, after: number]> = [
    ["one cookie less", 4000, 500],
    ["one cookie more", 500, 4000],
    ["two cookies more", 500, 6000],
    ["as many cookies", 500, 500],
  ]

  it.effect.each(tokens)("last although an older answer comes after that of a renewal, with %s", ([, before, after]) =>
    Effect.gen(function* () {
      const keeper = yield* make(keepInCookies())
      const record = yield* sessionOf({}, "a".repeat(before))
      const first = yield* begin(keeper, record)
      const [renewing, used] = [yield* keeper.open(first), yield* keeper.open(first)]
      yield* TestClock.adjust("10 minutes")
      // begun before the renewal, and only says that the session was used
      const late = yield* used!.settle
      const logins = loginsOf(renewing!.sessions)
      const { version } = (yield* logins.read)!
      const login = (yield* sessionOf({}, "b".repeat(after))).login
      assert.isTrue(yield* logins.replace({ ...login, id: record.login.id }, version))
      const renewed = yield* renewing!.settle
      const browser = cookiesAfter(late, cookiesAfter(renewed, first))
      // a browser that comes back when the server has forgotten
      yield* TestClock.adjust("15 minutes")
      const again = yield* (yield* make(keepInCookies())).open(browser)
      assert.strictEqual(again?.record.login.id, record.login.id)
      if (before !== after) assert.strictEqual(again?.record.revision, 1)
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("of a new login count, although a late answer brings those of the one before", () =>
    Effect.gen(function* () {
      const keeper = yield* make(keepInCookies())
      const first = yield* begin(keeper, yield* sessionOf({}, "a".repeat(4000)))
      const renewing = yield* keeper.open(first)
      const logins = loginsOf(renewing!.sessions)
      const { record, version } = (yield* logins.read)!
      const { login } = yield* sessionOf({}, "b".repeat(4000))
      assert.isTrue(yield* logins.replace({ ...login, id: record.id }, version))
      const late = yield* renewing!.settle
      yield* TestClock.adjust("1 minute")
      yield* renewing!.sessions.end()
      const begun = yield* keeper.begin(yield* sessionOf({ sub: "bob" }), first)
      const browser = cookiesAfter(late, cookiesAfter(begun!, first))
      assert.strictEqual(browser.size, 3)
      assert.strictEqual((yield* keeper.open(browser))?.record.claims.sub, "bob")
    }).pipe(Effect.provide(memoryStoreLayer())),
  )
})
