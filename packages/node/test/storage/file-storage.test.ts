import { assert, describe, it } from "@effect/vitest"
import { Lock, storageLayer, TokenStore } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { lockLaws } from "../../../core/test/laws/lock.ts"
import { tokenStoreLaws } from "../../../core/test/laws/token-store.ts"
import { fileStorage } from "../../src/index.ts"

const root = mkdtempSync(join(tmpdir(), "bearerkit-file-storage-"))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let directories = 0
const fresh = (): string => join(root, `${(directories += 1)}`)
const anew = Layer.suspend(() => storageLayer(fileStorage({ directory: fresh() })))

tokenStoreLaws("a directory of private files", Layer.fresh(anew))
lockLaws("a directory of lock files", Layer.fresh(anew))

const inDirectory = <A, E>(directory: string, effect: Effect.Effect<A, E, TokenStore | Lock>) =>
  Effect.provide(effect, Layer.fresh(storageLayer(fileStorage({ directory }))))
const put = (key: string, value: string) => TokenStore.use((store) => store.put(key, value))
const get = (key: string) => TokenStore.use((store) => store.get(key))
const remove = (key: string) => TokenStore.use((store) => store.remove(key))
const onlyFile = (directory: string): string => {
  const [name, ...others] = readdirSync(join(directory, "tokens"))
  assert.deepStrictEqual(others, [])
  return join(directory, "tokens", name!)
}
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

describe("a file storage", () => {
  it.live("is read by this user alone, and by another process of theirs", () =>
    Effect.gen(function* () {
      const directory = fresh()
      yield* inDirectory(directory, put("the key", "the value"))
      const file = onlyFile(directory)
      assert.strictEqual(modeOf(file), "600")
      for (const path of [directory, join(directory, "tokens"), join(directory, "locks")]) {
        assert.strictEqual(modeOf(path), "700")
      }
      assert.notInclude(file, "key")
      assert.strictEqual((yield* inDirectory(directory, get("the key")))?.value, "the value")
    }),
  )

  const damages: ReadonlyArray<readonly [name: string, damage: (content: string) => string]> = [
    ["nothing", () => ""],
    ["half of it", (content) => content.slice(0, content.length / 2)],
    ["other text", () => "hello"],
    ["one character changed", (content) => content.replace("value", "valve")],
    ["5 MB", () => "x".repeat(5_000_000)],
    ["the value alone", (content) => content.split("\n")[1] ?? ""],
  ]
  for (const [name, damage] of damages) {
    it.live(`says that a file is damaged: ${name}`, () =>
      Effect.gen(function* () {
        const directory = fresh()
        yield* inDirectory(directory, put("key", "value"))
        const file = onlyFile(directory)
        writeFileSync(file, damage(readFileSync(file, "utf8")))
        const error = yield* Effect.flip(inDirectory(directory, get("key")))
        assert.deepInclude(error.reason, { _tag: "StoreUnavailable", operation: "get" })
        assert.match(error.message, /damaged|not one of ours/)
        assert.notInclude(error.message, "value")
        // it is written over by whoever has something new
        yield* inDirectory(directory, put("key", "new"))
        assert.strictEqual((yield* inDirectory(directory, get("key")))?.value, "new")
        writeFileSync(file, "damaged again")
        yield* inDirectory(directory, remove("key"))
        assert.isUndefined(yield* inDirectory(directory, get("key")))
      }),
    )
  }

  it.live("refuses a file or a directory that is open to others", () =>
    Effect.gen(function* () {
      const directory = fresh()
      yield* inDirectory(directory, put("key", "value"))
      chmodSync(onlyFile(directory), 0o644)
      assert.match((yield* Effect.flip(inDirectory(directory, get("key")))).message, /open to other users: chmod 600/)
      const open = fresh()
      mkdirSync(join(open, "tokens"), { recursive: true, mode: 0o755 })
      chmodSync(join(open, "tokens"), 0o755)
      assert.match((yield* Effect.flip(inDirectory(open, put("key", "x")))).message, /open to other users: chmod 700/)
    }),
  )

  it.live("says what the system says when it cannot write", () =>
    Effect.gen(function* () {
      const file = fresh()
      writeFileSync(file, "not a directory")
      const { reason } = yield* Effect.flip(inDirectory(file, put("key", "value")))
      assert.deepInclude(reason, { _tag: "StoreUnavailable", operation: "put", detail: "ENOTDIR" })
    }),
  )

  it.effect("does not take an empty path, such as that of a variable that is not set, for the current directory", () =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(inDirectory("", get("key")))
      assert.match(message, /The option directory is empty/)
    }),
  )

  it.live("leaves no lock files behind but a few, however often a lock was taken", () =>
    Effect.gen(function* () {
      const directory = fresh()
      const turns = Array.from({ length: 100 }, () => Lock.use((lock) => lock.withLock("name", Effect.void)))
      yield* inDirectory(directory, Effect.all(turns))
      const [folder] = readdirSync(join(directory, "locks"))
      assert.isAtMost(readdirSync(join(directory, "locks", folder!)).length, 8)
    }),
  )
})
