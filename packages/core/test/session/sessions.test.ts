import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { beginLogin } from "../../src/provide/login-record.ts"
import { type Cookies, parseCookies } from "../../src/session/cookie.ts"
import { sessionsInCookies, sessionsInStore } from "../../src/session/make-sessions.ts"
import type { Sessions } from "../../src/session/sessions.ts"
import { makeLifetime } from "../../src/session/session-lifetime.ts"
import type { SessionRecord } from "../../src/session/session-record.ts"
import { loginStoreOf } from "../../src/session/session-entry.ts"
import type { MakeSessions } from "../../src/session/web-login-options.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"

const lifetimes = makeLifetime({ idle: "1 hour", absolute: "8 hours" })

const make = (sessions: MakeSessions) =>
  Effect.gen(function* () {
    const lifetime = yield* lifetimes
    const cookieKeys = ["a key of the cookies that is long enough"] as const
    return yield* sessions({ cookieName: "__Host-session", cookieKeys, issuer: "https://issuer.example", lifetime })
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

const begin = Effect.fnUntraced(function* (sessions: Sessions, record?: SessionRecord) {
  return cookiesAfter((yield* sessions.begin(record ?? (yield* sessionOf()), new Map())) ?? [])
})

const each: ReadonlyArray<readonly [string, MakeSessions]> = [
  ["cookies", sessionsInCookies()],
  ["a store", sessionsInStore],
]

describe.each(each)("sessions in %s", (_, makeSessions) => {
  const law = (title: string, body: (sessions: Sessions) => Effect.Effect<void, unknown, never>) =>
    it.effect(title, () => Effect.provide(Effect.flatMap(make(makeSessions), body), memoryStoreLayer()))

  law("are found by the browser's cookies, as they were begun", (sessions) =>
    Effect.gen(function* () {
      const record = yield* sessionOf({ name: "Alice" })
      const cookies = yield* begin(sessions, record)
      const kept = yield* sessions.open(cookies)
      assert.deepStrictEqual(kept?.record.claims, { sub: "alice", name: "Alice" })
      assert.strictEqual(kept?.record.login.id, record.login.id)
      assert.isUndefined(yield* sessions.open(new Map()))
      assert.deepStrictEqual(cookiesAfter(sessions.forget(cookies), cookies).size, 0)
    }),
  )

  law("end when nobody uses them, unless somebody does", (sessions) =>
    Effect.gen(function* () {
      let cookies = yield* begin(sessions)
      for (let n = 0; n < 3; n++) {
        yield* TestClock.adjust("50 minutes")
        const kept = yield* sessions.open(cookies)
        cookies = cookiesAfter(yield* kept!.settle, cookies)
      }
      const before = cookies
      yield* TestClock.adjust("61 minutes")
      assert.isUndefined(yield* sessions.open(before))
    }),
  )

  law("are not written again for every request", (sessions) =>
    Effect.gen(function* () {
      const cookies = yield* begin(sessions)
      yield* TestClock.adjust("5 minutes")
      assert.deepStrictEqual(yield* (yield* sessions.open(cookies))!.settle, [])
    }),
  )

  law("end when the ID token says so, however often they are used", (sessions) =>
    Effect.gen(function* () {
      let cookies = yield* begin(sessions, yield* sessionOf({ session_expiry: 5400 }))
      yield* TestClock.adjust("50 minutes")
      cookies = cookiesAfter(yield* (yield* sessions.open(cookies))!.settle, cookies)
      assert.isDefined(yield* sessions.open(cookies))
      yield* TestClock.adjust("41 minutes")
      assert.isUndefined(yield* sessions.open(cookies))
    }),
  )

  law("that have ended are not revived by a write that was under way", (sessions) =>
    Effect.gen(function* () {
      const cookies = yield* begin(sessions)
      const kept = yield* sessions.open(cookies)
      const logins = loginStoreOf(kept!.entry)
      const read = yield* logins.read
      assert.isTrue(yield* kept!.entry.end())
      assert.isFalse(yield* logins.replace(read!.record, read!.version))
      assert.isFalse(yield* kept!.entry.replace(kept!.record, read!.version))
      assert.isUndefined(yield* logins.read)
      assert.isUndefined(yield* sessions.open(cookies))
      yield* TestClock.adjust("20 minutes")
      assert.isUndefined(yield* sessions.open(cookies))
    }),
  )

  law("that began in another tab are not taken away by a request of the one before", (sessions) =>
    Effect.gen(function* () {
      const before = yield* begin(sessions)
      const slow = yield* sessions.open(before)
      yield* TestClock.adjust("10 minutes")
      yield* slow!.entry.end()
      const next = yield* sessionOf({ sub: "bob" })
      const browser = cookiesAfter((yield* sessions.begin(next, before))!, before)
      const after = cookiesAfter(yield* slow!.settle, browser)
      assert.strictEqual((yield* sessions.open(after))?.record.claims.sub, "bob")
    }),
  )

  law("are written over the version that was read, and over no other", (sessions) =>
    Effect.gen(function* () {
      const cookies = yield* begin(sessions)
      const [one, other] = [yield* sessions.open(cookies), yield* sessions.open(cookies)]
      const [first, second] = [loginStoreOf(one!.entry), loginStoreOf(other!.entry)]
      const read = yield* first.read
      assert.isTrue(yield* first.replace({ ...read!.record, refreshToken: Redacted.make("next") }, read!.version))
      assert.isFalse(yield* second.replace(read!.record, read!.version))
      const now = yield* sessions.open(cookies)
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
      const sessions = yield* make(sessionsInCookies())
      const error = yield* Effect.flip(sessions.begin(yield* sessionOf({}, "x".repeat(10_000)), new Map()))
      assert.strictEqual(error.reason._tag, "SessionTooLarge")
      assert.include(error.message, "storedSessions()")
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("leave nothing readable in the store that they share", () =>
    Effect.gen(function* () {
      const store = yield* TokenStore
      const sessions = yield* make(sessionsInCookies())
      const cookies = yield* begin(sessions)
      const kept = yield* sessions.open(cookies)
      const read = yield* kept!.entry.read
      yield* kept!.entry.replace(read!.record, read!.version)
      const value = (yield* store.get(kept!.key))?.value
      assert.match(value ?? "", /^ey[\w-]+\.\.[\w-]+\.[\w-]+\.[\w-]+$/)
    }).pipe(Effect.provide(memoryStoreLayer())),
  )
})

describe("sessions in a store", () => {
  it.effect("are kept under a digest: who reads the store cannot use one", () =>
    Effect.gen(function* () {
      const sessions = yield* make(sessionsInStore)
      const cookies = yield* begin(sessions)
      const kept = yield* sessions.open(cookies)
      assert.match(kept!.key, /^session:[0-9a-f]{64}$/)
      assert.isUndefined(yield* sessions.open(new Map([["__Host-session", kept!.key.slice(8)]])))
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("of one person are at most a hundred: the oldest ends", () =>
    Effect.gen(function* () {
      const sessions = yield* make(sessionsInStore)
      const all: Array<Cookies> = []
      for (let n = 0; n < 102; n++) all.push(yield* begin(sessions))
      const open = yield* Effect.forEach(all, sessions.open)
      assert.deepStrictEqual(
        open.map((kept) => kept !== undefined),
        all.map((_, n) => n >= 2),
      )
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("that have ended make room before the oldest does", () =>
    Effect.gen(function* () {
      const sessions = yield* make(sessionsInStore)
      const first = yield* begin(sessions)
      for (let n = 0; n < 150; n++) {
        const kept = yield* sessions.open(yield* begin(sessions))
        yield* kept!.entry.end()
        yield* TestClock.adjust("10 seconds")
      }
      assert.isDefined(yield* sessions.open(first))
      const names = { sub: "alice", sid: undefined }
      assert.include(yield* sessions.index!.find(names), (yield* sessions.open(first))!.key)
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("are found by the issuer's name, and those without one by the person's", () =>
    Effect.gen(function* () {
      const sessions = yield* make(sessionsInStore)
      const keyOf = Effect.fnUntraced(function* (claims: object) {
        return (yield* sessions.open(yield* begin(sessions, yield* sessionOf(claims))))!.key
      })
      const [named, nameless] = [yield* keyOf({ sid: "1" }), yield* keyOf({})]
      yield* keyOf({ sub: "bob" })
      const { find } = sessions.index!
      assert.deepStrictEqual(yield* find({ sub: "alice", sid: "1" }), [named])
      assert.deepStrictEqual(yield* find({ sub: "alice", sid: undefined }), [named, nameless])
      assert.deepStrictEqual(yield* find({ sub: "alice", sid: "2" }), [nameless])
      assert.deepStrictEqual(yield* find({ sub: undefined, sid: "2" }), [])
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("that a logout token ends before they are written do not begin", () =>
    Effect.gen(function* () {
      const store = yield* TokenStore
      let sessions: Sessions | undefined
      const logout = Effect.suspend(() => Effect.flatMap(sessions!.index!.find({ sub: "alice", sid: "1" }), endAll))
      const endAll = (keys: ReadonlyArray<string>) => Effect.forEach(keys, (key) => sessions!.index!.end(key))
      const between: TokenStore["Service"] = {
        ...store,
        put: (key, value, options) =>
          Effect.andThen(value.includes("alice") ? logout : Effect.void, store.put(key, value, options)),
      }
      sessions = yield* Effect.provideService(make(sessionsInStore), TokenStore, between)
      assert.isUndefined(yield* sessions.begin(yield* sessionOf({ sid: "1" }), new Map()))
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
      const sessions = yield* make(sessionsInCookies())
      const record = yield* sessionOf({}, "a".repeat(before))
      const first = yield* begin(sessions, record)
      const [renewing, used] = [yield* sessions.open(first), yield* sessions.open(first)]
      yield* TestClock.adjust("10 minutes")
      // begun before the renewal, and only says that the session was used
      const late = yield* used!.settle
      const logins = loginStoreOf(renewing!.entry)
      const { version } = (yield* logins.read)!
      const login = (yield* sessionOf({}, "b".repeat(after))).login
      assert.isTrue(yield* logins.replace({ ...login, id: record.login.id }, version))
      const renewed = yield* renewing!.settle
      const browser = cookiesAfter(late, cookiesAfter(renewed, first))
      // a browser that comes back when the server has forgotten
      yield* TestClock.adjust("15 minutes")
      const again = yield* (yield* make(sessionsInCookies())).open(browser)
      assert.strictEqual(again?.record.login.id, record.login.id)
      if (before !== after) assert.strictEqual(again?.record.revision, 1)
    }).pipe(Effect.provide(memoryStoreLayer())),
  )

  it.effect("of a new login count, although a late answer brings those of the one before", () =>
    Effect.gen(function* () {
      const sessions = yield* make(sessionsInCookies())
      const first = yield* begin(sessions, yield* sessionOf({}, "a".repeat(4000)))
      const renewing = yield* sessions.open(first)
      const logins = loginStoreOf(renewing!.entry)
      const { record, version } = (yield* logins.read)!
      const { login } = yield* sessionOf({}, "b".repeat(4000))
      assert.isTrue(yield* logins.replace({ ...login, id: record.id }, version))
      const late = yield* renewing!.settle
      yield* TestClock.adjust("1 minute")
      yield* renewing!.entry.end()
      const begun = yield* sessions.begin(yield* sessionOf({ sub: "bob" }), first)
      const browser = cookiesAfter(late, cookiesAfter(begun!, first))
      assert.strictEqual(browser.size, 3)
      assert.strictEqual((yield* sessions.open(browser))?.record.claims.sub, "bob")
    }).pipe(Effect.provide(memoryStoreLayer())),
  )
})
