import { assert, describe, it } from "@effect/vitest"
import { clockLayer, Lock, storageLayer, TokenStore } from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, vi } from "vitest"
import { fileStorage } from "../../src/index.ts"
import { thisProcess } from "../../src/storage/lock-holder.ts"

const root = mkdtempSync(join(tmpdir(), "bearerkit-sweep-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** A program with the storage in a directory; it ends when the storage is closed. */
const inDirectory = <A, E>(directory: string, effect: Effect.Effect<A, E, TokenStore | Lock>) =>
  Effect.provide(effect, Layer.fresh(storageLayer(fileStorage({ directory }))))
const put = (key: string, ttl?: Duration.Duration) => TokenStore.use((store) => store.put(key, "value", { ttl }))
const eventually = (check: () => void) => Effect.promise(() => vi.waitFor(check, { timeout: 20_000, interval: 5 }))
const makeOld = (path: string): void => utimesSync(path, new Date(), new Date(Date.now() - 3_700_000))
const directories = () => {
  const directory = mkdtempSync(join(root, "store-"))
  return { directory, tokens: join(directory, "tokens"), locks: join(directory, "locks") }
}

describe("a file storage that is written to", () => {
  it.live("loses the tokens that have ended, whoever wrote them, and nothing else", () =>
    Effect.gen(function* () {
      const { directory, tokens } = directories()
      const hour = Duration.hours(1)
      const dead = Array.from({ length: 10 }, (_, n) => put(`dead ${n}`, hour))
      const then = clockLayer(() => Date.now() - 7_200_000)
      const written = Effect.andThen(Effect.all(dead), put("live", Duration.hours(3)))
      yield* Effect.provide(inDirectory(directory, written), then)
      writeFileSync(join(tokens, "damaged.token"), "damaged", { mode: 0o600 })
      assert.strictEqual(readdirSync(tokens).length, 12)
      const store = Effect.gen(function* () {
        yield* put("new")
        yield* eventually(() => assert.strictEqual(readdirSync(tokens).length, 3))
        for (const key of ["live", "new"]) {
          assert.strictEqual((yield* TokenStore.use((tokens) => tokens.get(key)))?.value, "value")
        }
      })
      yield* inDirectory(directory, store)
      assert.isTrue(existsSync(join(tokens, "damaged.token")))
    }),
  )

  it.live("loses the locks that nobody has taken for an hour, and no other", () =>
    Effect.gen(function* () {
      const { directory, locks } = directories()
      const lockAs = (name: string, content: string): void => {
        mkdirSync(join(locks, name), { recursive: true, mode: 0o700 })
        writeFileSync(join(locks, name, "7.lock"), content, { mode: 0o600 })
        makeOld(join(locks, name))
      }
      mkdirSync(locks, { mode: 0o700 })
      lockAs("over", "")
      lockAs("held", thisProcess())
      lockAs("half.forgotten", "")
      yield* inDirectory(
        directory,
        Effect.gen(function* () {
          yield* put("key")
          yield* eventually(() => assert.isFalse(existsSync(join(locks, "over"))))
          yield* eventually(() => assert.isFalse(existsSync(join(locks, "half.forgotten"))))
        }),
      )
      const left = readdirSync(locks)
      assert.include(left, "held")
      assert.strictEqual(left.length, 2)
      assert.deepStrictEqual(readdirSync(join(locks, "held")), ["7.lock"])
    }),
  )

  it.live("loses what a killed process has left half written", () =>
    Effect.gen(function* () {
      const { directory, tokens } = directories()
      mkdirSync(tokens, { mode: 0o700 })
      for (const name of ["old.tmp", "new.tmp"]) writeFileSync(join(tokens, name), "")
      makeOld(join(tokens, "old.tmp"))
      const gone = eventually(() => assert.isFalse(existsSync(join(tokens, "old.tmp"))))
      yield* inDirectory(directory, Effect.andThen(put("key"), gone))
      assert.isTrue(existsSync(join(tokens, "new.tmp")))
    }),
  )
})
