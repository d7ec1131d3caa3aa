import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { StoreError } from "../errors/store-error.ts"
import { TokenStore } from "../store/token-store.ts"
import { expect, type Law, type LawBroken } from "./law.ts"

/** Options of `tokenStoreLaws`. */
export interface StoreLawsOptions {
  /** Lets this much time pass for the store, in tests with a clock of their own. @default waits for it */
  readonly pass?: ((duration: Duration.Duration) => Effect.Effect<void>) | undefined
}

/**
 * What every token store promises.
 *
 * @example
 * for (const { name, check } of tokenStoreLaws()) {
 *   test(name, () => Effect.runPromise(Effect.provide(check, makeMyStoreLayer())))
 * }
 */
export const tokenStoreLaws = (options: StoreLawsOptions = {}): ReadonlyArray<StoreLaw> => [
  law("knows nothing of a key nobody wrote", (store) =>
    Effect.gen(function* () {
      yield* expect("the value", yield* store.get("nobody"), undefined)
      yield* store.remove("nobody")
    }),
  ),

  law("gives back what was put, character for character", (store) =>
    Effect.gen(function* () {
      for (const text of texts()) {
        const key = `key ${text.slice(0, 50)}`
        yield* expect(`whether ${JSON.stringify(text)} was written`, yield* store.put(key, text), true)
        yield* expect("the value", yield* valueOf(store, key), text)
      }
    }),
  ),

  law("keeps keys apart, hostile ones too", (store) =>
    Effect.gen(function* () {
      const keys = ["__proto__", "constructor", "a", "A", "a ", "../a", "a/b", "ä", "a\u0308", "a:b", "a*", "💥"]
      for (const key of keys) yield* store.put(key, `value of ${key}`)
      for (const key of keys) yield* expect(`the value of ${key}`, yield* valueOf(store, key), `value of ${key}`)
      yield* store.remove("a")
      const left = (key: string) => (key === "a" ? undefined : `value of ${key}`)
      for (const key of keys) yield* expect(`${key} after a was removed`, yield* valueOf(store, key), left(key))
    }),
  ),

  law("writes over an expected version and over no other", (store) =>
    Effect.gen(function* () {
      yield* store.put("key", "one")
      const expected = yield* versionOf(store, "key")
      yield* expect("whether the version was replaced", yield* store.put("key", "two", { expected }), true)
      yield* expect("whether it was replaced again", yield* store.put("key", "three", { expected }), false)
      yield* expect("the value", yield* valueOf(store, "key"), "two")
    }),
  ),

  law("creates only where nothing is, when asked to", (store) =>
    Effect.gen(function* () {
      yield* expect("whether it was created", yield* store.put("key", "one", { expected: null }), true)
      yield* expect("whether it was created again", yield* store.put("key", "two", { expected: null }), false)
      yield* expect("the value", yield* valueOf(store, "key"), "one")
    }),
  ),

  law("lets a removal win over a write that is under way", (store) =>
    Effect.gen(function* () {
      yield* store.put("key", "one")
      const expected = yield* versionOf(store, "key")
      yield* store.remove("key")
      yield* expect("whether the removed version was replaced", yield* store.put("key", "two", { expected }), false)
      yield* expect("the value", yield* store.get("key"), undefined)
    }),
  ),

  law("removes an expected version and no other", (store) =>
    Effect.gen(function* () {
      yield* store.put("key", "one")
      const first = yield* versionOf(store, "key")
      yield* store.put("key", "two")
      yield* expect("whether an old version was removed", yield* store.remove("key", { expected: first }), false)
      yield* expect("the value", yield* valueOf(store, "key"), "two")
      const second = yield* versionOf(store, "key")
      yield* expect("whether the version was removed", yield* store.remove("key", { expected: second }), true)
      yield* expect("the value after it", yield* store.get("key"), undefined)
      yield* expect("whether nothing is left", yield* store.remove("key", { expected: second }), true)
    }),
  ),

  law("never gives a version twice, not even after a removal", (store) =>
    Effect.gen(function* () {
      const versions = new Set<string>()
      for (let round = 0; round < 5; round++) {
        yield* store.put("key", "same")
        versions.add(yield* versionOf(store, "key"))
        if (round % 2 === 1) yield* store.remove("key")
      }
      yield* expect("the number of versions of five writes", versions.size, 5)
    }),
  ),

  law("gives one writer the win when many expect the same version", (store) =>
    Effect.gen(function* () {
      yield* store.put("key", "start")
      const expected = yield* versionOf(store, "key")
      const writers = Array.from({ length: 20 }, (_, n) => store.put("key", `writer ${n}`, { expected }))
      const wins = yield* Effect.all(writers, { concurrency: "unbounded" })
      yield* expect("the number of winners", wins.filter(Boolean).length, 1)
      yield* expect("the value", yield* valueOf(store, "key"), `writer ${wins.indexOf(true)}`)
    }),
  ),

  law("forgets a value when its time is over, and not before", (store) =>
    Effect.gen(function* () {
      const { pass = Effect.sleep } = options
      yield* store.put("short", "value", { ttl: Duration.seconds(2) })
      yield* store.put("long", "value")
      yield* expect("the value", yield* valueOf(store, "short"), "value")
      yield* pass(Duration.millis(2100))
      yield* expect("the value after its time", yield* store.get("short"), undefined)
      yield* expect("the value without a time", yield* valueOf(store, "long"), "value")
      yield* expect("whether it was created", yield* store.put("short", "again", { expected: null }), true)
    }),
  ),
]

type StoreLaw = Law<TokenStore, LawBroken | StoreError>
type Store = TokenStore["Service"]

const law = (name: string, body: (store: Store) => Effect.Effect<void, LawBroken | StoreError>): StoreLaw => ({
  name,
  check: Effect.flatMap(TokenStore, body),
})

const valueOf = (store: Store, key: string) => Effect.map(store.get(key), (stored) => stored?.value)

const versionOf = (store: Store, key: string): Effect.Effect<string, LawBroken | StoreError> =>
  Effect.flatMap(store.get(key), (stored) => {
    const version = stored?.version ?? ""
    return Effect.as(expect("whether a version came with the value", version !== "", true), version)
  })

/** What some storages alter or refuse, and random text. */
const texts = (): ReadonlyArray<string> => [...unusual, ...Array.from({ length: 40 }, randomText)]

const randomText = (): string => {
  const units = crypto.getRandomValues(new Uint16Array(10))
  // below the surrogates, which are no characters alone
  return String.fromCharCode(...units.map((unit) => unit % 0xd800))
}

const unusual = [
  "",
  " ",
  " a ",
  "\0",
  "\r\n",
  "'\"`\\",
  "{}",
  "null",
  "%00%",
  ";,=",
  "é e\u0301",
  "\u200b\u2028\ufeff",
  "👩🏽‍🚀",
  /*#__PURE__*/ "x".repeat(2000),
]
