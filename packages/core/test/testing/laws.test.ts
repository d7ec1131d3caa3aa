import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { Lock, makeMemoryLock } from "../../src/store/lock.ts"
import { makeMemoryStore, TokenStore } from "../../src/store/token-store.ts"
import { type Law, LawBroken, lockLaws, tokenStoreLaws } from "../../src/testing/index.ts"

type Store = TokenStore["Service"]

/** The names of the laws that are broken. */
const broken = <S>(laws: ReadonlyArray<Law<S>>, run: (law: Law<S>["check"]) => Effect.Effect<void, unknown>) =>
  Effect.map(
    Effect.forEach(laws, ({ name, check }) =>
      Effect.match(run(check), { onSuccess: () => [], onFailure: () => [name] }),
    ),
    (names) => names.flat(),
  )

const defects: ReadonlyArray<readonly [string, (store: Store) => Partial<Store>, law: string]> = [
  [
    "answers for keys nobody wrote",
    ({ get }) => ({ get: (key) => Effect.map(get(key), (stored) => stored ?? { value: "", version: "0" }) }),
    "knows nothing of a key nobody wrote",
  ],
  [
    "trims values",
    ({ put }) => ({ put: (key, value, options) => put(key, value.trim(), options) }),
    "gives back what was put, character for character",
  ],
  [
    "compares keys without case",
    ({ get, put, remove }) => ({
      get: (key) => get(key.toLowerCase()),
      put: (key, ...rest) => put(key.toLowerCase(), ...rest),
      remove: (key, ...rest) => remove(key.toLowerCase(), ...rest),
    }),
    "keeps keys apart, hostile ones too",
  ],
  [
    "writes over any version",
    ({ put }) => ({ put: (key, value, { ttl } = {}) => put(key, value, { ttl }) }),
    "writes over an expected version and over no other",
  ],
  [
    "replaces what it was to create",
    ({ put }) => ({
      put: (key, value, { expected, ...rest } = {}) =>
        put(key, value, { ...rest, ...(expected !== null && { expected }) }),
    }),
    "creates only where nothing is, when asked to",
  ],
  [
    "writes where something was removed",
    (store) => ({
      put: (key, value, options) =>
        Effect.flatMap(store.get(key), (stored) => store.put(key, value, stored === undefined ? {} : options)),
    }),
    "lets a removal win over a write that is under way",
  ],
  [
    "removes any version",
    ({ remove }) => ({ remove: (key) => remove(key) }),
    "removes an expected version and no other",
  ],
  [
    "has the value for its version",
    ({ get }) => ({ get: (key) => Effect.map(get(key), (stored) => stored && { ...stored, version: stored.value }) }),
    "never gives a version twice, not even after a removal",
  ],
  [
    "compares versions before it writes, in two steps",
    (store) => ({
      put: (key, value, { expected, ttl } = {}) =>
        Effect.gen(function* () {
          if (expected !== undefined && ((yield* store.get(key))?.version ?? null) !== expected) return false
          yield* Effect.yieldNow
          return yield* store.put(key, value, { ttl })
        }),
    }),
    "gives one writer the win when many expect the same version",
  ],
  [
    "never forgets",
    ({ put }) => ({ put: (key, value, { expected } = {}) => put(key, value, { expected }) }),
    "forgets a value when its time is over, and not before",
  ],
  [
    "forgets too early",
    ({ put }) => ({
      put: (key, value, { expected } = {}) => put(key, value, { expected, ttl: Duration.seconds(1) }),
    }),
    "forgets a value when its time is over, and not before",
  ],
]

describe("the laws of a token store", () => {
  const laws = tokenStoreLaws({ pass: TestClock.adjust })
  const brokenBy = (defect: (store: Store) => Partial<Store>) =>
    broken(laws, (check) =>
      Effect.suspend(() => {
        const store = makeMemoryStore({})
        return Effect.provideService(check, TokenStore, { ...store, ...defect(store) })
      }),
    )

  it.effect.each(defects)("find a store that %s", ([, defect, law]) =>
    Effect.map(brokenBy(defect), (names) => assert.include(names, law)),
  )

  it.effect("have each found a defect", () =>
    Effect.sync(() =>
      assert.sameMembers(
        [...new Set(defects.map(([, , law]) => law))],
        laws.map(({ name }) => name),
      ),
    ),
  )

  it.effect("say what was promised and what was seen, and need no test clock", () =>
    Effect.gen(function* () {
      const [unknown] = tokenStoreLaws()
      const store = { ...makeMemoryStore({}), get: () => Effect.succeed({ value: "x", version: "1" }) }
      const error = yield* Effect.flip(Effect.provideService(unknown?.check ?? Effect.void, TokenStore, store))
      assert.instanceOf(error, LawBroken)
      assert.strictEqual(error.message, `the value: nothing is promised, but it is {"value":"x","version":"1"}.`)
    }),
  )
})

describe("the laws of a lock", () => {
  it.live("find one that locks nothing", () =>
    Effect.gen(function* () {
      const none: Lock["Service"] = { withLock: (_, work) => work }
      const short = lockLaws().filter(({ name }) => !name.startsWith("ends work"))
      assert.deepStrictEqual(yield* broken(short, (check) => Effect.provideService(check, Lock, none)), [
        "lets one piece of work at a time run under a name",
        "keeps the name for its holder when one who waits gives up",
      ])
    }),
  )

  it.live("find one that has a single name", () =>
    Effect.gen(function* () {
      const { withLock } = makeMemoryLock()
      const single: Lock["Service"] = {
        withLock: (_, work, options) => withLock("all", work, { wait: "50 millis", ...options }),
      }
      assert.include(
        yield* broken(lockLaws(), (check) => Effect.provideService(check, Lock, single)),
        "lets other names run meanwhile",
      )
    }),
  )
})
