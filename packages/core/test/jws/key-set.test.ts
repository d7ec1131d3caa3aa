import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { generateKeyPairSync } from "node:crypto"
import { parsePublishedKey, type PublishedKey } from "../../src/jws/jwk.ts"
import { explainVerify } from "../../src/errors/verify-error.ts"
import { makeKeySets } from "../../src/jws/key-set.ts"
import { expect, test } from "vitest"
import { inVirtualTime } from "../verify/virtual-time.ts"

const publishedKey = (kid: string): PublishedKey => {
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  return Result.getOrThrow(parsePublishedKey({ ...publicKey.export({ format: "jwk" }), kid }))
}
const headerFor = (kid: string) => ({ alg: "ES256", kid, typ: undefined })

test("an unchanged key is imported once, whatever it is called and wherever it stands", () =>
  inVirtualTime(
    Effect.gen(function* () {
      const toKeySet = makeKeySets(["ES256"])
      const [a, b] = [publishedKey("a"), publishedKey("b")]
      const first = yield* toKeySet([a, b])
      const second = yield* toKeySet([b, { ...a, kid: "renamed" }])
      const check = Result.getOrThrow(first.find(headerFor("a")))
      expect(Result.getOrThrow(second.find(headerFor("renamed")))).toBe(check)
      expect(second.find(headerFor("a"))).toEqual(Result.fail({ _tag: "KeyNotFound", keyId: "a" }))
    }),
  ))

test("a key that was gone is imported anew", () =>
  inVirtualTime(
    Effect.gen(function* () {
      const toKeySet = makeKeySets(["ES256"])
      const a = publishedKey("a")
      const before = Result.getOrThrow((yield* toKeySet([a])).find(headerFor("a")))
      yield* toKeySet([])
      expect(Result.getOrThrow((yield* toKeySet([a])).find(headerFor("a")))).not.toBe(before)
    }),
  ))

test("two keys of one name that both fit are neither", () =>
  inVirtualTime(
    Effect.gen(function* () {
      const set = yield* makeKeySets(["ES256"])([publishedKey("a"), publishedKey("a")])
      expect(set.find(headerFor("a"))).toMatchObject({ failure: { _tag: "KeyNotFound", keyId: "a" } })
    }),
  ))

test("one key that is there twice is one key", () =>
  inVirtualTime(
    Effect.gen(function* () {
      const a = publishedKey("a")
      const set = yield* makeKeySets(["ES256"])([a, { ...a, alg: "ES256" }, { ...a, kid: "b" }])
      const check = Result.getOrThrow(set.find(headerFor("a")))
      expect(Result.getOrThrow(set.find(headerFor("b")))).toBe(check)
      expect(Result.getOrThrow(set.find({ alg: "ES256", kid: undefined, typ: undefined }))).toBe(check)
    }),
  ))

test("several keys that fit are told as such", () => {
  const explanation = explainVerify({ _tag: "KeyNotFound", keyId: "a" })
  expect(explanation.what).toBe("No single key of the issuer matches the token (kid a).")
})

test("a key id is made printable", () =>
  inVirtualTime(
    Effect.gen(function* () {
      const set = yield* makeKeySets(["ES256"])([])
      expect(set.find(headerFor("a\u001b[2J\n"))).toMatchObject({ failure: { keyId: "a [2J" } })
    }),
  ))
