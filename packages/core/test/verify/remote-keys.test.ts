import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, test } from "vitest"
import { keyServer, remoteVerifier, settledFetches } from "./key-server.ts"
import { accepted, outcome, outcomes, token, valid } from "./outcome.ts"
import { overKeys } from "./over-keys.ts"
import { json } from "../support/server.ts"
import { makeSigner, mint, nowSeconds } from "./mint.ts"

const [old, next, stranger] = [makeSigner("ES256", "old"), makeSigner("ES256", "next"), makeSigner("ES256", "stranger")]

const lifetimes: ReadonlyArray<readonly [string | undefined, number]> = [
  [undefined, 600],
  ["public, max-age=1800", 1800],
  ['private, MAX-AGE="120", must-revalidate', 120],
  ["max-age=1", 60],
  ["no-store", 60],
  ["no-cache, max-age=3600", 60],
  ["max-age=999999999", 86_400],
  ["s-maxage=5", 600],
  ["public", 600],
]

describe("the issuer's keys", () => {
  test("are fetched once for fifty who come at the same time, and kept", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        expect(yield* outcomes(50, verifier, () => token(server, old))).toEqual(accepted(50))
        expect(server.fetches()).toBe(1)
        expect(yield* outcomes(50, verifier, () => token(server, old))).toEqual(accepted(50))
        expect(verifier.verify(token(server, old))).not.toBeInstanceOf(Promise)
        expect(server.fetches()).toBe(1)
      }),
    ))

  test("are fetched once for fifty also where no promise may be shared, in real time", () =>
    Effect.runPromise(
      Effect.scoped(
        Effect.gen(function* () {
          const server = yield* keyServer(old.published)
          const verifier = yield* remoteVerifier(server, { shared: false })
          expect(yield* outcomes(50, verifier, () => token(server, old))).toEqual(accepted(50))
          expect(server.fetches()).toBe(1)
          expect(yield* outcomes(5, verifier, () => token(server, old))).toEqual(accepted(5))
          expect(server.fetches()).toBe(1)
        }),
      ),
    ))

  test("are not fetched for a token that fails in anything else", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        const good = token(server, old)
        const bad = [
          "x",
          `${good}=`,
          `${good}.`,
          mint(makeSigner("HS256"), { claims: valid(server) }),
          token(server, old, { iss: "https://evil.example" }),
          token(server, old, { aud: "https://other.example" }),
          token(server, old, { exp: nowSeconds() - 10 }),
          token(server, old, { act: "nobody" }),
          mint(old, { header: { typ: "JWT" }, claims: valid(server) }),
        ]
        for (const text of bad) expect(yield* outcome(verifier, text)).not.toBe("accepted")
        expect(server.fetches()).toBe(0)
      }),
    ))

  test.each(lifetimes)("live as long as Cache-Control says, within bounds: %s is %i s", (cacheControl, seconds) =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        server.cacheControl = cacheControl
        yield* outcome(verifier, token(server, old))
        yield* TestClock.adjust(seconds * 800 - 1000)
        expect(verifier.verify(token(server, old))).toMatchObject({ _tag: "Success" })
        expect(yield* settledFetches(server)).toBe(1)
        yield* TestClock.adjust(2000)
        expect(verifier.verify(token(server, old))).toMatchObject({ _tag: "Success" })
        expect(yield* settledFetches(server, 2)).toBe(2)
      }),
    ),
  )

  test("that are gone from the set are gone, and those that are new are known", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
        server.keys = next.published
        yield* TestClock.adjust("11 minutes")
        expect(yield* outcome(verifier, token(server, old))).toEqual({ _tag: "KeyNotFound", keyId: "old" })
        expect(yield* outcome(verifier, token(server, next))).toBe("accepted")
        expect(server.fetches()).toBe(2)
      }),
    ))
})

describe("a key that is not known", () => {
  test("is asked for once by fifty who bring it, and then accepted: a rotation fails nobody", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        yield* outcome(verifier, token(server, old))
        server.keys = [...old.published, ...next.published]
        expect(yield* outcomes(50, verifier, () => token(server, next))).toEqual(accepted(50))
        expect(server.fetches()).toBe(2)
      }),
    ))

  test("is asked for at the issuer at once when the set came from a cache on the way", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        server.answer = (response) => {
          if (server.fetches() === 1) response.setHeader("age", "30")
          json(response, 200, { keys: server.fetches() === 1 ? old.published : next.published })
        }
        expect(yield* outcome(verifier, token(server, next))).toBe("accepted")
        expect(server.fetches()).toBe(2)
      }),
    ))

  test("is asked for at most once in thirty seconds, whatever it is called", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        yield* outcome(verifier, token(server, old))
        const made = (index: number) => mint(stranger, { header: { kid: `made up ${index}` }, claims: valid(server) })
        for (const reason of yield* outcomes(50, verifier, made)) expect(reason).toMatchObject({ _tag: "KeyNotFound" })
        expect(server.fetches()).toBe(2)
        yield* TestClock.adjust("29 seconds")
        yield* outcomes(50, verifier, made)
        expect(server.fetches()).toBe(2)
        yield* TestClock.adjust("2 seconds")
        yield* outcome(verifier, made(99))
        expect(server.fetches()).toBe(3)
      }),
    ))

  test("and comes before the set has it is accepted within thirty seconds", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        yield* outcome(verifier, token(server, old))
        expect(yield* outcome(verifier, token(server, next))).toEqual({ _tag: "KeyNotFound", keyId: "next" })
        server.keys = [...old.published, ...next.published]
        yield* TestClock.adjust("30 seconds")
        expect(yield* outcome(verifier, token(server, next))).toBe("accepted")
        expect(server.fetches()).toBe(3)
      }),
    ))

  test("since the set has none at all, for a time, is no fault of the token, and nobody trusts the keys of before", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        yield* outcome(verifier, token(server, old))
        server.keys = []
        yield* TestClock.adjust("11 minutes")
        expect(yield* outcome(verifier, token(server, old))).toMatchObject({
          _tag: "KeysUnavailable",
          because: { _tag: "MalformedResponse", problem: "no key in it can be used" },
        })
        server.keys = old.published
        yield* TestClock.adjust("30 seconds")
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
      }),
    ))

  test("that cannot be asked for is no fault of the token: the issuer is unavailable", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        yield* outcome(verifier, token(server, old))
        server.answer = (response) => response.writeHead(503).end()
        expect(yield* outcome(verifier, token(server, next))).toMatchObject({
          _tag: "KeysUnavailable",
          because: { _tag: "Unavailable", status: 503 },
        })
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
        yield* outcome(verifier, token(server, next))
        expect(server.fetches()).toBe(2)
      }),
    ))
})

test("keys that cannot be used are skipped: secrets, weak, unknown, not on their curve", () => {
  const [key] = old.published
  const unusable = [
    { kty: "oct", k: "AAAA", kid: "old", alg: "HS256" },
    { kty: "RSA", n: Buffer.alloc(128, 255).toString("base64url"), e: "AQAB", kid: "weak" },
    { kty: "AKP", kid: "old", pub: "AAAA" },
    { ...key, kid: "broken", y: key?.["x"] },
    { ...key, kid: "half", y: undefined },
    "key",
    null,
  ] as ReadonlyArray<object>
  return overKeys({ published: [...unusable, ...old.published] }, ({ server, verifier }) =>
    Effect.gen(function* () {
      expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
      for (const kid of ["broken", "half", "weak"]) {
        expect(yield* outcome(verifier, mint(old, { header: { kid }, claims: valid(server) }))).toMatchObject({
          _tag: "KeyNotFound",
        })
      }
    }),
  )
})
