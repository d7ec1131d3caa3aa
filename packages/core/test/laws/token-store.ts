import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { TokenStore } from "../../src/store/token-store.ts"

type Store = TokenStore["Service"]

export interface StoreLawsOptions {
  /** Lets this much time pass for the store; by default the test clock's. */
  readonly pass?: (duration: Duration.Duration) => Effect.Effect<void>
}

/** What every token store promises. `layer` is built anew for each law. */
export const tokenStoreLaws = <E>(name: string, layer: Layer.Layer<TokenStore, E>, options: StoreLawsOptions = {}) => {
  const pass = options.pass ?? ((duration) => TestClock.adjust(duration))
  const law = (title: string, body: (store: Store) => Effect.Effect<void, unknown>) =>
    it.effect(title, () => Effect.provide(Effect.flatMap(TokenStore, body), layer))

  describe(`${name} keeps the laws of a token store`, () => {
    law("knows nothing of a key nobody wrote", (store) =>
      Effect.gen(function* () {
        assert.isUndefined(yield* store.get("nobody"))
        yield* store.remove("nobody")
      }),
    )

    law("gives back what was put, character for character", (store) =>
      Effect.gen(function* () {
        const samples = fc.sample(
          fc.tuple(fc.string({ minLength: 1, unit: "grapheme" }), fc.string({ unit: "grapheme" })),
          50,
        )
        for (const [key, value] of samples) {
          assert.isTrue(yield* store.put(key, value))
          assert.strictEqual((yield* store.get(key))?.value, value)
        }
      }),
    )

    law("keeps keys apart, hostile ones too", (store) =>
      Effect.gen(function* () {
        const keys = ["__proto__", "constructor", "a", "A", "a ", "../a", "a/b", "ä", "a\u0308", "a:b", "a*", "💥"]
        for (const key of keys) yield* store.put(key, `value of ${key}`)
        for (const key of keys) assert.strictEqual((yield* store.get(key))?.value, `value of ${key}`)
        yield* store.remove("a")
        for (const key of keys) assert.strictEqual((yield* store.get(key)) === undefined, key === "a", key)
      }),
    )

    law("writes over an expected version and over no other", (store) =>
      Effect.gen(function* () {
        yield* store.put("key", "one")
        const first = yield* store.get("key")
        assert.isTrue(yield* store.put("key", "two", { expected: first?.version }))
        assert.isFalse(yield* store.put("key", "three", { expected: first?.version }))
        assert.strictEqual((yield* store.get("key"))?.value, "two")
      }),
    )

    law("creates only where nothing is, when asked to", (store) =>
      Effect.gen(function* () {
        assert.isTrue(yield* store.put("key", "one", { expected: null }))
        assert.isFalse(yield* store.put("key", "two", { expected: null }))
        assert.strictEqual((yield* store.get("key"))?.value, "one")
      }),
    )

    law("lets a removal win over a write that is under way", (store) =>
      Effect.gen(function* () {
        yield* store.put("key", "one")
        const before = yield* store.get("key")
        yield* store.remove("key")
        assert.isFalse(yield* store.put("key", "two", { expected: before?.version }))
        assert.isUndefined(yield* store.get("key"))
      }),
    )

    law("removes an expected version and no other", (store) =>
      Effect.gen(function* () {
        yield* store.put("key", "one")
        const first = yield* store.get("key")
        yield* store.put("key", "two")
        assert.isFalse(yield* store.remove("key", { expected: first?.version }))
        const second = yield* store.get("key")
        assert.strictEqual(second?.value, "two")
        assert.isTrue(yield* store.remove("key", { expected: second?.version }))
        assert.isUndefined(yield* store.get("key"))
        assert.isTrue(yield* store.remove("key", { expected: second?.version }))
      }),
    )

    law("never gives a version twice, not even after a removal", (store) =>
      Effect.gen(function* () {
        const versions = new Set<string | undefined>()
        for (let round = 0; round < 5; round++) {
          yield* store.put("key", "same")
          versions.add((yield* store.get("key"))?.version)
          if (round % 2 === 1) yield* store.remove("key")
        }
        assert.strictEqual(versions.size, 5)
        assert.isFalse(versions.has(undefined))
      }),
    )

    law("gives one writer the win when many expect the same version", (store) =>
      Effect.gen(function* () {
        yield* store.put("key", "start")
        const start = yield* store.get("key")
        const wins = yield* Effect.all(
          Array.from({ length: 20 }, (_, n) => store.put("key", `writer ${n}`, { expected: start?.version })),
          { concurrency: "unbounded" },
        )
        assert.strictEqual(wins.filter(Boolean).length, 1)
        assert.strictEqual((yield* store.get("key"))?.value, `writer ${wins.indexOf(true)}`)
      }),
    )

    law("forgets a value when its time is over, and not before", (store) =>
      Effect.gen(function* () {
        yield* store.put("short", "value", { ttl: Duration.seconds(2) })
        yield* store.put("long", "value")
        assert.strictEqual((yield* store.get("short"))?.value, "value")
        yield* pass(Duration.millis(2100))
        assert.isUndefined(yield* store.get("short"))
        assert.strictEqual((yield* store.get("long"))?.value, "value")
        assert.isTrue(yield* store.put("short", "again", { expected: null }))
      }),
    )
  })
}
