import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as Duration from "effect/Duration"
import * as fc from "fast-check"
import { encryptedStore } from "../../src/store/encrypted.ts"
import { derivedKey, encryptionKey, type EncryptionKey } from "../../src/store/encryption-key.ts"
import { keyValueStore } from "../../src/store/key-value.ts"
import { memoryStoreLayer, TokenStore } from "../../src/store/token-store.ts"
import { telemetryEvents } from "../../src/telemetry/events.ts"
import { tokenStoreLaws } from "../laws/token-store.ts"
import { reasonOf } from "../support/reason.ts"
import { mapStorage } from "../support/storage.ts"

const random = (bytes = 32) => crypto.getRandomValues(new Uint8Array(bytes))
const one = encryptionKey("one", random())
const two = encryptionKey("two", random())
const secret = '{"refreshToken":"rt-Ω-b1946ac92492d2347c6235b4d2611184"}'

const memory = memoryStoreLayer()
const sealed = (...keys: [EncryptionKey, ...Array<EncryptionKey>]) =>
  encryptedStore({ keys }).pipe(Layer.provide(memory))

tokenStoreLaws("encrypted memory", sealed(one))
tokenStoreLaws(
  "an encrypted synchronous storage",
  Layer.suspend(() => {
    const storage = mapStorage()
    return encryptedStore({ keys: [derivedKey("one", random(40))] }).pipe(Layer.provide(keyValueStore(() => storage)))
  }),
)

/** The inner store, a way to open encrypted stores over it, and the warnings logged meanwhile. */
const bench = Effect.gen(function* () {
  const inner = yield* Effect.provide(TokenStore, memoryStoreLayer(), { local: true })
  const warnings: Array<unknown> = []
  const observed = telemetryEvents((event) => {
    if (event.type === "warning") warnings.push(event.message)
  })
  const open = (...keys: [EncryptionKey, ...Array<EncryptionKey>]) =>
    Effect.map(
      Effect.provide(TokenStore, encryptedStore({ keys }), { local: true }).pipe(
        Effect.provideService(TokenStore, inner),
      ),
      (store): TokenStore["Service"] => ({
        ...store,
        get: (key) => Effect.provide(store.get(key), observed),
        put: (...args) => Effect.provide(store.put(...args), observed),
      }),
    )
  return { inner, open, warnings }
})

const flipped = (text: string, at: number, by: number): string =>
  text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ by) + text.slice(at + 1)

describe("an encrypted store treats as missing, with a warning,", () => {
  const missing = (name: string, changes: (good: string) => Iterable<string>) =>
    it.effect(name, () =>
      Effect.gen(function* () {
        const { inner, open, warnings } = yield* bench
        const store = yield* open(one)
        yield* store.put("key", secret)
        const good = (yield* inner.get("key"))!.value
        let count = 0
        for (const bad of changes(good)) {
          yield* inner.put("key", bad)
          assert.isUndefined(yield* store.get("key"), `${bad} instead of ${good}`)
          assert.strictEqual(warnings.length, (count += 1))
        }
        yield* inner.put("key", good)
        assert.strictEqual((yield* store.get("key"))?.value, secret)
        assert.strictEqual(warnings.length, count)
        assert.notInclude(warnings.join("\n"), "rt-")
      }),
    )

  missing("a value with one bit flipped, whichever", function* (good) {
    for (let at = 0; at < good.length; at++) {
      for (let bit = 0; bit < 7; bit++) yield flipped(good, at, 1 << bit)
    }
  })
  missing("a value that was cut, at either end", function* (good) {
    for (let length = 0; length < good.length; length++) {
      yield good.slice(0, length)
      yield good.slice(good.length - length)
    }
  })
  missing("a value that was added to", (good) => ["=", "A", "AAAA", ".", ".AAAA", "\n", " "].map((more) => good + more))
  missing("a value of another format, or none", (good) => [
    good.replace("1.", "0."),
    good.replace("1.", "2."),
    good.replace("1.", "."),
    good.replace("1.", ""),
    secret,
    "",
    "1.one..",
    "1.one.AAAAAAAAAAAAAAAA.",
    "1.one.AAAAAAAAAAAAAAAA.AAAA",
  ])
  missing("a value under the name of a key that is not listed", (good) => [
    good.replace("1.one.", "1.two."),
    good.replace("1.one.", "1.__proto__."),
  ])

  it.effect("a value that was moved from another key", () =>
    Effect.gen(function* () {
      const { inner, open, warnings } = yield* bench
      const store = yield* open(one)
      for (const key of ["alice", "mallory"]) yield* store.put(key, `token of ${key}`)
      const [alice, mallory] = [yield* inner.get("alice"), yield* inner.get("mallory")]
      yield* inner.put("alice", mallory!.value)
      yield* inner.put("mallory", alice!.value)
      assert.isUndefined(yield* store.get("alice"))
      assert.isUndefined(yield* store.get("mallory"))
      assert.strictEqual(warnings.length, 2)
    }),
  )

  it.effect("a value that was relabelled with the id of another listed key", () =>
    Effect.gen(function* () {
      const { inner, open } = yield* bench
      const bytes = random()
      const store = yield* open(encryptionKey("a", bytes), encryptionKey("b", bytes))
      yield* store.put("key", secret)
      yield* inner.put("key", (yield* inner.get("key"))!.value.replace("1.a.", "1.b."))
      assert.isUndefined(yield* store.get("key"))
    }),
  )

  it.effect("and lets a new one take its place", () =>
    Effect.gen(function* () {
      const { inner, open } = yield* bench
      const store = yield* open(one)
      yield* inner.put("key", "tampered")
      assert.isTrue(yield* store.put("key", secret, { expected: null }))
      assert.strictEqual((yield* store.get("key"))?.value, secret)
      assert.isFalse(yield* store.put("key", "other", { expected: null }))
      yield* inner.put("key", "tampered")
      const wins = yield* Effect.all(
        Array.from({ length: 10 }, (_, n) => store.put("key", `${n}`, { expected: null })),
        { concurrency: "unbounded" },
      )
      assert.strictEqual(wins.filter(Boolean).length, 1)
    }),
  )
})

describe("rotation", () => {
  it.effect("reads what an old key sealed, and seals with the new one at the next write", () =>
    Effect.gen(function* () {
      const { inner, open, warnings } = yield* bench
      yield* (yield* open(one)).put("key", secret)
      const during = yield* open(two, one)
      const before = yield* during.get("key")
      assert.strictEqual(before?.value, secret)
      assert.match((yield* inner.get("key"))!.value, /^1\.one\./)
      assert.isTrue(yield* during.put("key", secret, { expected: before?.version }))
      assert.match((yield* inner.get("key"))!.value, /^1\.two\./)
      assert.strictEqual((yield* (yield* open(two)).get("key"))?.value, secret)
      assert.deepStrictEqual(warnings, [])
      assert.isUndefined(yield* (yield* open(one)).get("key"))
      assert.deepStrictEqual(warnings, [
        "A value in the token store is treated as missing: it was sealed with a key that is not listed.",
      ])
    }),
  )
})

describe("what reaches the inner store", () => {
  it.effect("is never the value, in no spelling, and never twice the same", () =>
    Effect.gen(function* () {
      const { inner, open } = yield* bench
      const seen: Array<string> = []
      const spied: TokenStore["Service"] = {
        ...inner,
        put: (key, value, options) => {
          seen.push(`${key} ${value} ${JSON.stringify(options)}`)
          return inner.put(key, value, options)
        },
      }
      const store = yield* Effect.provide(TokenStore, encryptedStore({ keys: [one] }), { local: true }).pipe(
        Effect.provideService(TokenStore, spied),
      )
      yield* store.put("key", secret)
      yield* store.put("key", secret, { ttl: Duration.minutes(1) })
      yield* store.put("key", secret, { expected: (yield* store.get("key"))?.version })
      assert.strictEqual(new Set(seen.map((line) => line.split(" ")[1])).size, 3)
      const bytes = Buffer.from(secret)
      for (const spelling of [secret, "b1946ac92492d2347c6235b4d2611184", "refreshToken"]) {
        for (const encoding of ["utf8", "hex", "base64url"] as const) {
          const text = Buffer.from(spelling).toString(encoding).slice(0, 24)
          assert.notInclude(seen.join("\n"), text)
        }
      }
      assert.notInclude(seen.join("\n"), bytes.toString("base64"))
      assert.isDefined(yield* (yield* open(one)).get("key"))
    }),
  )

  it.effect("comes back whatever the text, half a surrogate pair too", () =>
    Effect.gen(function* () {
      const store = yield* TokenStore
      for (const value of fc.sample(fc.string({ unit: "binary" }), 50).concat("\ud800", "\udc00x", "")) {
        yield* store.put("key", value)
        assert.strictEqual((yield* store.get("key"))?.value, value)
      }
    }).pipe(Effect.provide(sealed(one))),
  )
})

describe("keys", () => {
  const built = (...keys: ReadonlyArray<EncryptionKey>) =>
    Layer.build(Layer.provide(encryptedStore({ keys: keys as [EncryptionKey, ...Array<EncryptionKey>] }), memory)).pipe(
      Effect.scoped,
    )

  const good: ReadonlyArray<readonly [name: string, make: () => Promise<EncryptionKey>]> = [
    ["32 bytes", async () => encryptionKey("k", random())],
    ["redacted bytes", async () => encryptionKey("k", Redacted.make(random()))],
    ["a CryptoKey", async () => encryptionKey("k", await aes(256, ["encrypt", "decrypt"]))],
    ["a secret as text", async () => derivedKey("k", "x".repeat(32))],
    ["a redacted secret", async () => derivedKey("k", Redacted.make("x".repeat(32)))],
    ["a secret as bytes", async () => derivedKey("k", random(64))],
  ]
  for (const [name, make] of good) {
    it.effect(`${name} seals and opens`, () =>
      Effect.gen(function* () {
        const store = yield* Effect.provide(TokenStore, sealed(yield* Effect.promise(make)), { local: true })
        yield* store.put("key", secret)
        assert.strictEqual((yield* store.get("key"))?.value, secret)
      }),
    )
  }

  const aes = (length: number, uses: ReadonlyArray<KeyUsage>) =>
    crypto.subtle.generateKey({ name: "AES-GCM", length }, false, uses) as Promise<CryptoKey>
  const hmac = () =>
    crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]) as Promise<CryptoKey>

  const bad: ReadonlyArray<
    readonly [name: string, make: () => Promise<ReadonlyArray<EncryptionKey>>, field: string, problem: RegExp]
  > = [
    ["no key at all", async () => [], "keys", /is empty/],
    ["16 bytes", async () => [one, encryptionKey("k", random(16))], "keys[1]", /has 16 bytes, and 32 are needed/],
    ["33 bytes", async () => [encryptionKey("k", random(33))], "keys[0]", /has 33 bytes/],
    ["a short secret", async () => [derivedKey("k", "ä".repeat(15))], "keys[0]", /30 bytes, and at least 32/],
    ["128 bits", async () => [encryptionKey("k", await aes(128, ["encrypt", "decrypt"]))], "keys[0]", /256 bits/],
    ["a key for HMAC", async () => [encryptionKey("k", await hmac())], "keys[0]", /AES-GCM/],
    ["a key that only opens", async () => [encryptionKey("k", await aes(256, ["decrypt"]))], "keys[0]", /may not/],
    ["two keys of one id", async () => [one, encryptionKey("one", random())], "keys[1]", /id of another/],
    ["an id with a dot", async () => [encryptionKey("a.b", random())], "keys[0]", /id of 1 to 64/],
    ["an empty id", async () => [derivedKey("", random())], "keys[0]", /id of 1 to 64/],
  ]
  for (const [name, make, field, problem] of bad) {
    it.effect(`${name}: the layer is not built`, () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(built(...(yield* Effect.promise(make))))
        assert.strictEqual(reason._tag, "InvalidOptions")
        assert.deepInclude(reason, { field })
        assert.match(reason._tag === "InvalidOptions" ? reason.problem : "", problem)
      }),
    )
  }

  it.effect("are asked for again where they say that they have changed, and only there", () =>
    Effect.gen(function* () {
      const { inner, open } = yield* bench
      const [before, now] = [yield* Result.getOrThrow(one.material), yield* Result.getOrThrow(two.material)]
      const kept = { asked: 0, key: before, last: undefined as CryptoKey | undefined }
      const material = Effect.sync(() => {
        kept.asked += 1
        kept.last = kept.key
        return kept.key
      })
      const key = { id: "kept", material: Result.succeed(material), isCurrent: () => kept.last === kept.key }
      const store = yield* open(key)
      yield* store.put("login", secret)
      assert.strictEqual((yield* store.get("login"))?.value, secret)
      assert.strictEqual(kept.asked, 1)
      kept.key = now
      yield* store.put("login", secret)
      assert.strictEqual(kept.asked, 2)
      const fresh = yield* Effect.provideService(open(key), TokenStore, inner)
      assert.strictEqual((yield* fresh.get("login"))?.value, secret)
    }),
  )

  it("are built at once, without asking the platform", () => {
    assert.isObject(Effect.runSync(built(one, derivedKey("derived", random()))))
  })

  it("show nothing of themselves when they are printed", () => {
    const key = derivedKey("k", `printed? ${"x".repeat(32)}`)
    assert.notInclude(JSON.stringify(key), "printed?")
  })

  it.effect("the same secret under another id is another key", () =>
    Effect.gen(function* () {
      const shared = random()
      const results = new Set<string>()
      for (const { material } of [derivedKey("a", shared), derivedKey("b", shared), derivedKey("a", random())]) {
        const key = yield* Result.getOrThrow(material)
        const params = { name: "AES-GCM", iv: new Uint8Array(12) }
        const bytes = yield* Effect.promise(() => crypto.subtle.encrypt(params, key, new Uint8Array(32)))
        results.add(Buffer.from(bytes).toString("hex"))
      }
      assert.strictEqual(results.size, 3)
    }),
  )
})
