import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, test } from "vitest"
import { json } from "../support/server.ts"
import { letTimePass, settledFetches } from "./key-server.ts"
import { makeSigner } from "./mint.ts"
import { accepted, outcome, outcomes, token, within } from "./outcome.ts"
import { overKeys } from "./over-keys.ts"

const [old, next] = [makeSigner("ES256", "old"), makeSigner("ES256", "next")]

const wrongAnswers: ReadonlyArray<readonly [string, string, string]> = [
  ["HTML", "<html>sign in", "the body is not JSON"],
  ["no list of keys", '{"keys":{}}', "the member keys is not a list"],
  ["a list", "[]", "the body is not a JSON object"],
  ["101 keys", JSON.stringify({ keys: Array.from({ length: 101 }, () => ({})) }), "has more than 100 keys"],
  ["10 MB", JSON.stringify({ keys: [], x: "x".repeat(10_000_000) }), "is longer than 524288 bytes"],
]

describe("when the issuer cannot be reached", () => {
  test("a set past its life still serves, up to the maximum", () =>
    overKeys({ ...old, maxStale: "2 hours" }, ({ server, verifier }) =>
      Effect.gen(function* () {
        yield* outcome(verifier, token(server, old))
        yield* Effect.promise(server.stop)
        yield* TestClock.adjust("11 minutes")
        expect(yield* letTimePass(outcomes(20, verifier, () => token(server, old)))).toEqual(accepted(20))
        expect(verifier.verify(token(server, old))).toMatchObject({ _tag: "Success" })
        yield* TestClock.adjust("2 hours")
        expect(yield* letTimePass(outcome(verifier, token(server, old)))).toMatchObject({ _tag: "KeysUnavailable" })
      }),
    ))

  test("as it hangs, a set past its life serves after two seconds, and at once as long as the try goes on", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        yield* outcome(verifier, token(server, old))
        let answer = (): void => {}
        server.answer = (response) => (answer = () => json(response, 200, { keys: next.published }))
        yield* TestClock.adjust("11 minutes")
        expect(
          yield* within(
            2,
            outcomes(20, verifier, () => token(server, old)),
          ),
        ).toEqual(accepted(20))
        expect(yield* within(0, outcome(verifier, token(server, old)))).toBe("accepted")
        expect(yield* settledFetches(server, 2)).toBe(2)
        answer()
        expect(yield* outcome(verifier, token(server, next))).toBe("accepted")
        server.answer = undefined
        server.keys = next.published
        expect(yield* outcome(verifier, token(server, old))).toMatchObject({ _tag: "KeyNotFound" })
      }),
    ))

  test("and was never reached, a verifier says so after one try, tries again with growing pauses and recovers", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        server.answer = (response) => response.writeHead(500).end()
        const reason = yield* outcome(verifier, token(server, old))
        expect(reason).toMatchObject({ _tag: "KeysUnavailable", because: { _tag: "Unavailable", status: 500 } })
        expect(yield* outcome(verifier, token(server, old))).toEqual(reason)
        expect(server.fetches()).toBe(1)
        yield* TestClock.adjust("1 second")
        expect(yield* outcome(verifier, token(server, old))).toEqual(reason)
        expect(server.fetches()).toBe(2)
        server.answer = undefined
        yield* TestClock.adjust("1 second")
        expect(yield* outcome(verifier, token(server, old))).toEqual(reason)
        yield* TestClock.adjust("1 second")
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
      }),
    ))

  test("as it hangs and was never reached, nobody waits longer than five seconds, and the try goes on", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        let answer = (): void => {}
        server.answer = (response) => (answer = () => json(response, 200, { keys: old.published }))
        const late = { _tag: "KeysUnavailable", because: { _tag: "TimedOut" } }
        expect(yield* within(5, outcome(verifier, token(server, old)))).toMatchObject(late)
        expect(yield* within(2, outcome(verifier, token(server, old)))).toMatchObject(late)
        expect(yield* settledFetches(server, 1)).toBe(1)
        answer()
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
        expect(server.fetches()).toBe(1)
      }),
    ))

  test("as it hangs behind a cache, a token with a new key waits no longer either", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        server.answer = (response) => json(response.setHeader("age", "30"), 200, { keys: old.published })
        yield* outcome(verifier, token(server, old))
        server.answer = () => {}
        expect(yield* within(5, outcome(verifier, token(server, next)))).toMatchObject({
          _tag: "KeysUnavailable",
          because: { _tag: "TimedOut" },
        })
      }),
    ))

  test("and asks to wait, nobody asks before", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        server.answer = (response) => response.writeHead(503, { "retry-after": "600" }).end()
        const busy = (seconds: number) => ({
          _tag: "KeysUnavailable",
          because: { _tag: "Unavailable", retryAfter: Duration.seconds(seconds) },
        })
        expect(yield* outcome(verifier, token(server, old))).toMatchObject(busy(600))
        server.answer = undefined
        yield* TestClock.adjust("599 seconds")
        expect(yield* outcome(verifier, token(server, old))).toMatchObject(busy(1))
        expect(server.fetches()).toBe(1)
        yield* TestClock.adjust("1 second")
        expect(yield* outcome(verifier, token(server, old))).toBe("accepted")
      }),
    ))

  test.each(wrongAnswers)("an answer that is no key set is refused: %s", (_, body, problem) =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        server.answer = (response) => response.writeHead(200).end(body)
        expect(yield* outcome(verifier, token(server, old))).toMatchObject({
          _tag: "KeysUnavailable",
          because: { _tag: "MalformedResponse", problem: expect.stringContaining(problem) },
        })
      }),
    ),
  )

  test("a redirect is not followed", () =>
    overKeys(old, ({ server, verifier }) =>
      Effect.gen(function* () {
        server.answer = (response) => response.writeHead(302, { location: "http://127.0.0.1:9/jwks" }).end()
        expect(yield* outcome(verifier, token(server, old))).toMatchObject({ because: { _tag: "MalformedResponse" } })
      }),
    ))
})
