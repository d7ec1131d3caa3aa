import { assert, describe, it } from "@effect/vitest"
import { type RedisServer, startRedis } from "@bearerkit/services"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { createClient } from "redis"
import { afterAll, beforeAll } from "vitest"
import { reasonOf } from "../../core/test/support/reason.ts"
import { redis, type RedisClient, redisOver } from "../src/index.ts"
import { freshPrefix, skip } from "./support/server.ts"
import { opened } from "./support/service.ts"

describe.skipIf(skip)("a token store in Redis", () => {
  let server: RedisServer
  let admin: ReturnType<typeof connect>
  const connect = () => createClient({ url: server.url })
  beforeAll(async () => {
    server = await startRedis()
    admin = connect()
    await admin.connect()
  })
  afterAll(async () => {
    await admin.close()
    await server.close()
  })
  const store = (prefix = freshPrefix()) => opened(redis({ url: server.url, prefix }))
  const ask = <A>(question: () => Promise<A>) => Effect.promise(question)

  it.effect("keeps keys apart that are one in UTF-8, and printable", () =>
    Effect.gen(function* () {
      const prefix = freshPrefix()
      const { get, put } = yield* store(prefix)
      const keys = ["\ud800", "\ud801", "\\ud800", "\ufffd", "{a}", "}{", '"', "\0", "a\r\nDEL *", "*", "=", "-", " "]
      for (const key of keys) yield* put(key, key)
      for (const key of keys) assert.strictEqual((yield* get(key))?.value, key)
      const kept = yield* ask(() => admin.keys(`${prefix}*`))
      assert.strictEqual(kept.length, keys.length)
      for (const key of kept) assert.match(key, /^[^\p{Cc}]+$/u)
    }),
  )

  it.effect("treats as missing what it has not written, and writes over it", () =>
    Effect.gen(function* () {
      const prefix = freshPrefix()
      const { get, put } = yield* store(prefix)
      const version = "A".repeat(22)
      const strange = ["", "value", `2:${version}:"v"`, `1:${version}:v`, `1:${version}:{}`, `1:short:"v"`, "1::"]
      for (const text of strange) {
        yield* ask(() => admin.set(`${prefix}token:key`, text))
        assert.isUndefined(yield* get("key"), text)
        assert.isTrue(yield* put("key", "new"), text)
        assert.strictEqual((yield* get("key"))?.value, "new")
      }
      for (const text of ["", "value", `2:${version}:"v"`]) {
        yield* ask(() => admin.set(`${prefix}token:key`, text))
        assert.isTrue(yield* put("key", "new", { expected: null }), text)
      }
    }),
  )

  it.effect("takes no expected version for a sign of its own", () =>
    Effect.gen(function* () {
      const { get, put, remove } = yield* store()
      for (const expected of ["", "*", "-", "=", "=*"]) {
        assert.isFalse(yield* put("missing", "new", { expected }), expected)
        yield* put("key", "old")
        assert.isFalse(yield* put("key", "new", { expected }), expected)
        assert.isFalse(yield* remove("key", { expected }), expected)
        assert.strictEqual((yield* get("key"))?.value, "old")
      }
    }),
  )

  it.effect("says what is wrong in a word, without a value", () =>
    Effect.gen(function* () {
      const prefix = freshPrefix()
      const { get, put } = yield* store(prefix)
      yield* ask(() => admin.lPush(`${prefix}token:list`, "x"))
      const wrongType = { _tag: "StoreUnavailable", detail: "WRONGTYPE" } as const
      assert.deepStrictEqual(yield* reasonOf(get("list")), { ...wrongType, operation: "get" })
      assert.deepStrictEqual(yield* reasonOf(put("list", "secret", { expected: null })), {
        ...wrongType,
        operation: "put",
      })
      const long = yield* reasonOf(put("key", "secret".repeat(200_000)))
      assert.deepStrictEqual(long, {
        _tag: "StoreUnavailable",
        operation: "put",
        detail: "the value is longer than 1048576 characters",
      })
    }),
  )

  it.effect("keeps a value as long as it is told, to the millisecond, and not at all without time", () =>
    Effect.gen(function* () {
      const prefix = freshPrefix()
      const { get, put } = yield* store(prefix)
      const left = () => ask(() => admin.pTTL(`${prefix}token:key`))
      yield* put("key", "value", { ttl: Duration.millis(60_000.4) })
      assert.closeTo(yield* left(), 60_000, 5000)
      yield* put("key", "value", { ttl: Duration.infinity })
      assert.strictEqual(yield* left(), -1)
      assert.isTrue(yield* put("key", "value", { ttl: Duration.zero }))
      assert.isUndefined(yield* get("key"))
    }),
  )

  it.live("sends again what was lost on the way, and knows its own write", () =>
    Effect.gen(function* () {
      let lose = false
      const answered = <A>(reply: Promise<A>): Promise<A> =>
        reply.then((value) => {
          if (!lose) return value
          lose = false
          throw Object.assign(new Error("lost"), { code: "ECONNRESET" })
        })
      const client: RedisClient = {
        evalSha: (...args) => answered(admin.evalSha(...args)),
        eval: (...args) => answered(admin.eval(...args)),
      }
      const { get, put, remove, withLock } = yield* opened(redisOver(client, { prefix: freshPrefix() }))
      const losing = <A, E>(effect: Effect.Effect<A, E>) => {
        lose = true
        return effect
      }
      assert.isTrue(yield* losing(put("key", "one", { expected: null })))
      const one = yield* losing(get("key"))
      assert.strictEqual(one?.value, "one")
      assert.isTrue(yield* losing(put("key", "two", { expected: one?.version })))
      assert.strictEqual(yield* losing(withLock("name", Effect.succeed("done"))), "done")
      const two = yield* get("key")
      assert.strictEqual(two?.value, "two")
      assert.isTrue(yield* losing(remove("key", { expected: two?.version })))
      assert.isUndefined(yield* get("key"))
    }),
  )

  it.effect("brings its scripts along when the server has forgotten them", () =>
    Effect.gen(function* () {
      const { get, put } = yield* store()
      yield* put("key", "value")
      yield* ask(() => admin.scriptFlush())
      assert.strictEqual((yield* get("key"))?.value, "value")
    }),
  )
})
