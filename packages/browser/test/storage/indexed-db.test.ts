import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { afterEach, vi } from "vitest"
import { openDatabase } from "../../src/storage/indexed-db.ts"

/** IndexedDB with as much as a transaction needs that asks for nothing. */
const fakeDatabases = () => {
  const opens: Array<{ readonly answer: () => void; readonly clear: () => void; closed: boolean }> = []
  /** Whether transactions come to an end. */
  const world = { opens, answers: true }
  const transaction = () => {
    const running = Object.assign(new EventTarget(), { objectStore: () => ({}) })
    if (world.answers) queueMicrotask(() => running.dispatchEvent(new Event("complete")))
    return running
  }
  vi.stubGlobal("indexedDB", {
    open: () => {
      const result = Object.assign(new EventTarget(), { transaction, close: () => void (opened.closed = true) })
      const request = Object.assign(new EventTarget(), { result })
      const opened = {
        answer: () => void request.dispatchEvent(new Event("success")),
        clear: () => void result.dispatchEvent(new Event("versionchange")),
        closed: false,
      }
      opens.push(opened)
      return request
    },
  })
  return world
}

afterEach(() => void vi.unstubAllGlobals())

/** When a promise that is settled has been heard. */
const heard = Effect.promise(async () => {})

describe("a database that was cleared", () => {
  it.effect("is another connection afterwards, so that no key of the old one is used", () =>
    Effect.gen(function* () {
      const { opens } = fakeDatabases()
      const database = openDatabase("tokens")
      assert.isUndefined(database.connection())
      const ask = () =>
        Effect.forkChild(
          database.transact("get", "tokens", () => {}),
          { startImmediately: true },
        )
      const first = yield* ask()
      opens[0]?.answer()
      yield* Fiber.join(first)
      const before = database.connection()
      assert.isDefined(before)
      opens[0]?.clear()
      assert.isUndefined(database.connection())
      const next = yield* ask()
      opens[1]?.answer()
      yield* Fiber.join(next)
      assert.notStrictEqual(database.connection(), before)
    }),
  )
})

describe("a database that does not answer", () => {
  const ask = (database: ReturnType<typeof openDatabase>) =>
    Effect.forkChild(Effect.exit(database.transact<string>("get", "tokens", (_, done) => done("there"))), {
      startImmediately: true,
    })

  it.effect("is opened anew by the next call, and closed when it comes after all", () =>
    Effect.gen(function* () {
      const { opens } = fakeDatabases()
      const database = openDatabase("tokens")
      const callers = [yield* ask(database), yield* ask(database)]
      yield* TestClock.adjust("5 seconds")
      for (const caller of callers) assert.isTrue(Exit.isFailure(yield* Fiber.join(caller)))
      const next = yield* ask(database)
      assert.strictEqual(opens.length, 2)
      opens[1]?.answer()
      assert.deepStrictEqual(yield* Fiber.join(next), Exit.succeed("there"))
      opens[0]?.answer()
      yield* heard
      assert.deepStrictEqual(
        opens.map(({ closed }) => closed),
        [true, false],
      )
    }),
  )

  it.effect("is opened anew where it was open already", () =>
    Effect.gen(function* () {
      const world = fakeDatabases()
      const database = openDatabase("tokens")
      const first = yield* ask(database)
      world.opens[0]?.answer()
      assert.deepStrictEqual(yield* Fiber.join(first), Exit.succeed("there"))
      world.answers = false
      const lost = yield* ask(database)
      yield* TestClock.adjust("5 seconds")
      assert.isTrue(Exit.isFailure(yield* Fiber.join(lost)))
      yield* heard
      assert.isTrue(world.opens[0]?.closed)
      world.answers = true
      const next = yield* ask(database)
      world.opens[1]?.answer()
      assert.deepStrictEqual(yield* Fiber.join(next), Exit.succeed("there"))
    }),
  )
})
