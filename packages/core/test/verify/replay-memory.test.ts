import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeReplayMemory } from "../../src/verify/replay-memory.ts"
import { makeSigner } from "./mint.ts"
import { law, request, verdict, verifying } from "./prove.ts"

const holder = makeSigner("ES256", "holder")
const flooder = makeSigner("ES256", "flooder")

const put = (memory: ReturnType<typeof makeReplayMemory>, name: string, key = "a key") =>
  Effect.map(Effect.result(memory.put(name, key, { expected: null, ttl: Duration.seconds(90) })), (result) =>
    result._tag === "Success" ? result.success : result.failure.explanation.code,
  )

describe("used proofs in this process", () => {
  it.effect("are refused again for as long as they are good, and then forgotten", () =>
    Effect.gen(function* () {
      const memory = makeReplayMemory({ capacity: 10 })
      assert.deepStrictEqual([yield* put(memory, "a"), yield* put(memory, "a")], [true, false])
      yield* TestClock.adjust("89 seconds")
      assert.isFalse(yield* put(memory, "a"))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual([yield* put(memory, "a"), yield* put(memory, "a")], [true, false])
    }),
  )

  it.effect("are not pushed out by others: where no more fit nobody gets in until some have ended", () =>
    Effect.gen(function* () {
      const memory = makeReplayMemory({ capacity: 10 })
      assert.isTrue(yield* put(memory, "first"))
      for (let n = 0; n < 9; n++) assert.isTrue(yield* put(memory, `${n}`, `key ${n}`))
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual(yield* put(memory, "one more", "another key"), "store_unavailable")
      assert.isFalse(yield* put(memory, "first"))
      yield* TestClock.adjust("80 seconds")
      for (let n = 0; n < 10; n++) assert.isTrue(yield* put(memory, `later ${n}`, `key ${n}`))
    }),
  )

  it.effect("of one key leave room for those of the others", () =>
    Effect.gen(function* () {
      const memory = makeReplayMemory({ capacity: 10 })
      for (let n = 0; n < 5; n++) assert.isTrue(yield* put(memory, `${n}`, "flooder"))
      assert.strictEqual(yield* put(memory, "5", "flooder"), "store_unavailable")
      assert.isTrue(yield* put(memory, "a", "holder"))
      yield* TestClock.adjust("90 seconds")
      assert.isTrue(yield* put(memory, "5", "flooder"))
    }),
  )

  it.effect("count once, however often their name has ended and come again", () =>
    Effect.gen(function* () {
      const memory = makeReplayMemory({ capacity: 10 })
      for (let times = 0; times < 4; times++) {
        assert.isTrue(yield* put(memory, "again"))
        yield* TestClock.adjust("90 seconds")
      }
      for (let n = 0; n < 5; n++) assert.isTrue(yield* put(memory, `${n}`))
      assert.strictEqual(yield* put(memory, "5"), "store_unavailable")
    }),
  )

  it.effect("that have ended are looked for once a second, however many are turned away", () =>
    Effect.gen(function* () {
      const memory = makeReplayMemory({ capacity: 2 })
      assert.isTrue(yield* put(memory, "first", "one key"))
      yield* TestClock.adjust("89500 millis")
      assert.isTrue(yield* put(memory, "second", "another key"))
      assert.strictEqual(yield* put(memory, "third", "a third key"), "store_unavailable")
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(yield* put(memory, "third", "a third key"), "store_unavailable")
      yield* TestClock.adjust("1 millis")
      assert.isTrue(yield* put(memory, "third", "a third key"))
    }),
  )

  law("stay used although somebody else's flood the memory", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying({ replays: makeReplayMemory({ capacity: 10 }) })
      const captured = request(holder)
      assert.strictEqual(yield* verdict(verifier, captured), "accepted")
      for (let n = 0; n < 20; n++) yield* Effect.exit(verifier.check(request(flooder)))
      assert.notStrictEqual(yield* verdict(verifier, captured), "accepted")
      assert.strictEqual(yield* verdict(verifier, request(holder)), "accepted")
    }),
  )
})
