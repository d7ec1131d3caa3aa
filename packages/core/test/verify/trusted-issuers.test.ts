import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, test } from "vitest"
import { httpLayer } from "../../src/http/client.ts"
import { sharedFlightsLayer } from "../../src/http/single-flight.ts"
import { discoveryLayer } from "../../src/protocol/discovery.ts"
import type { TrustedIssuer } from "../../src/verify/trusted-issuer.ts"
import { type FindIssuer, tenants, trustedIssuers } from "../../src/verify/trusted-issuers.ts"
import { verifiedTokenCache } from "../../src/verify/verified-token-cache.ts"
import { type KeyServer, keyServer } from "./key-server.ts"
import { audience, makeSigner, mint, nowSeconds, verdict } from "./mint.ts"
import { within } from "./outcome.ts"
import { inVirtualTime } from "./virtual-time.ts"

const one = makeSigner("ES256", "one")
const two = makeSigner("RS256", "two")
const secretive = makeSigner("HS256")
const layers = discoveryLayer.pipe(Layer.provideMerge(Layer.merge(httpLayer(), sharedFlightsLayer)))

const verifierOf = (issuers: FindIssuer | ReadonlyArray<TrustedIssuer>) =>
  Effect.provide((typeof issuers === "function" ? tenants(issuers) : trustedIssuers(issuers)).open, layers)
const judged = (verifier: Parameters<typeof verdict>[0], token: string) =>
  Effect.promise(() => verdict(verifier, token))
const tokenOf = (signer: typeof one, { issuer }: Pick<KeyServer, "issuer">, exp = nowSeconds() + 300) =>
  mint(signer, { claims: { iss: issuer, exp } })

describe("several issuers", () => {
  test("each has its own keys, algorithms and audience", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const [first, second] = [yield* keyServer(one.published), yield* keyServer(two.published)]
        const verifier = yield* verifierOf([
          { issuer: first.issuer, audience },
          { issuer: second.issuer, audience: "https://other.example", algorithms: ["RS256"] },
          { issuer: "https://old.example", audience, keys: secretive.keys },
        ])
        expect(yield* judged(verifier, tokenOf(one, first))).toBe("accepted")
        expect(yield* judged(verifier, tokenOf(two, second))).toMatchObject({ claim: "aud" })
        expect(yield* judged(verifier, tokenOf(secretive, { issuer: "https://old.example" }))).toBe("accepted")
        // the keys of one are nothing to another
        expect(yield* judged(verifier, tokenOf(two, first))).toMatchObject({ _tag: "KeyNotFound" })
        expect(yield* judged(verifier, tokenOf(secretive, first))).toMatchObject({ _tag: "AlgorithmNotAllowed" })
      }),
    ))

  test("nothing is fetched for one that is not listed to the letter", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const [server, stranger] = [yield* keyServer(one.published), yield* keyServer(one.published)]
        const verifier = yield* verifierOf([{ issuer: server.issuer, audience }])
        for (const issuer of [stranger.issuer, `${server.issuer}/`, server.issuer.toUpperCase(), "", "__proto__"])
          expect(yield* judged(verifier, tokenOf(one, { issuer }))).toMatchObject({
            _tag: "ClaimMismatch",
            claim: "iss",
          })
        expect(yield* judged(verifier, mint(one, { claims: { iss: [server.issuer] } }))).toMatchObject({ claim: "iss" })
        for (const token of [mint(one, { payload: "[]" }), "", "a.b", "opaque"])
          expect(yield* judged(verifier, token)).toMatchObject({ _tag: "MalformedToken" })
        expect(server.fetches() + stranger.fetches()).toBe(0)
      }),
    ))

  test("a token that one of them remembers is recalled without a look into it, as long as its key is there", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const server = yield* keyServer(two.published)
        const cache = verifiedTokenCache()
        const verifier = yield* verifierOf([
          { issuer: "https://plain.example", audience, keys: one.keys },
          { issuer: "https://old.example", audience, keys: one.keys, cache },
          { issuer: server.issuer, audience, cache },
        ])
        const token = tokenOf(two, server, nowSeconds() + 3600)
        expect(verifier.recall?.(token)).toBeUndefined()
        yield* judged(verifier, token)
        expect(verifier.recall?.(token)).toBe(verifier.verify(token))
        expect(verifier.recall?.(token)).toMatchObject({ success: { issuer: server.issuer, subject: "alice" } })
        expect(verifier.recall?.(`${token}x`)).toBeUndefined()
        yield* TestClock.adjust("61 seconds")
        expect(verifier.recall?.(token)).toBeUndefined()
      }),
    ))

  test("wrong lists are told when the verifier is built", async () => {
    const issuer = { issuer: "https://issuer.example", audience }
    for (const issuers of [[], [issuer, issuer], [{ ...issuer, audience: [] }]])
      expect(await Effect.runPromise(Effect.flip(verifierOf(issuers)))).toMatchObject({
        reason: { _tag: "InvalidOptions" },
      })
  })
})

describe("tenants", () => {
  test("are asked for once by those who come at the same time, and again after ten minutes", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const server = yield* keyServer(one.published)
        let asked = 0
        const options = { issuer: server.issuer, audience }
        const verifier = yield* verifierOf(async (issuer) => {
          asked++
          return issuer === server.issuer ? options : undefined
        })
        const token = tokenOf(one, server, nowSeconds() + 3600)
        const fifty = Array.from({ length: 50 }, () => judged(verifier, token))
        expect(new Set(yield* Effect.all(fifty, { concurrency: 50 }))).toEqual(new Set(["accepted"]))
        expect([asked, server.fetches()]).toEqual([1, 1])
        expect(verifier.verify(token)).toMatchObject({ _tag: "Success" })
        yield* TestClock.adjust("9 minutes")
        yield* judged(verifier, token)
        expect(asked).toBe(1)
        yield* TestClock.adjust("1 minute")
        yield* judged(verifier, token)
        expect(asked).toBe(2)
      }),
    ))

  test("that nobody knows are refused and push nobody out; a function that fails is no answer", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const server = yield* keyServer(one.published)
        let fails = true
        const verifier = yield* verifierOf((issuer) => {
          if (fails) throw new Error("database gone")
          return issuer === server.issuer ? { issuer, audience } : undefined
        })
        const token = tokenOf(one, server, nowSeconds() + 3600)
        expect(yield* judged(verifier, token)).toMatchObject({ _tag: "CheckUnavailable", check: "issuers" })
        fails = false
        expect(yield* judged(verifier, token)).toBe("accepted")
        for (let index = 0; index < 1100; index++)
          yield* judged(verifier, tokenOf(one, { issuer: `https://made-up-${index}.example` }))
        expect(verifier.verify(token)).toMatchObject({ _tag: "Success" })
        fails = true
        yield* TestClock.adjust("11 minutes")
        expect(yield* judged(verifier, token)).toBe("accepted")
        expect(server.fetches()).toBeLessThanOrEqual(2)
      }),
    ))

  test("keep their keys when the function says the same in a new object, and lose them when it says something else", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const server = yield* keyServer(one.published)
        let more: Partial<TrustedIssuer> = {}
        const verifier = yield* verifierOf((issuer) => ({
          issuer,
          audience: [audience],
          clockTolerance: Duration.seconds(3),
          ...more,
        }))
        const token = tokenOf(one, server, nowSeconds() + 7200)
        expect(yield* judged(verifier, token)).toBe("accepted")
        server.answer = (response) => response.writeHead(503).end()
        yield* TestClock.adjust("11 minutes")
        expect(yield* judged(verifier, token)).toBe("accepted")
        more = { audience: "https://other.example" }
        yield* TestClock.adjust("11 minutes")
        expect(yield* judged(verifier, token)).toMatchObject({ claim: "aud" })
        more = { keys: two.keys }
        yield* TestClock.adjust("11 minutes")
        expect(yield* judged(verifier, token)).toMatchObject({ _tag: "KeyNotFound" })
      }),
    ))

  test("are as many as the API says; the one that was not used for longest makes room", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const asked: Array<string> = []
        const find = (issuer: string) => {
          asked.push(issuer)
          return { issuer, audience, keys: one.keys }
        }
        const verifier = yield* Effect.provide(tenants(find, { capacity: 2 }).open, layers)
        for (const issuer of ["a", "b", "a", "c", "a", "b"])
          expect(yield* judged(verifier, tokenOf(one, { issuer }))).toBe("accepted")
        expect(asked).toEqual(["a", "b", "c", "b"])
        for (const capacity of [0, 1.5, Number.NaN])
          expect(yield* Effect.flip(Effect.provide(tenants(find, { capacity }).open, layers))).toMatchObject({
            reason: { _tag: "InvalidOptions", field: "tenants.capacity" },
          })
      }),
    ))

  test("a function that never answers is waited for five seconds; a tenant that is known stays so meanwhile", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const server = yield* keyServer(one.published)
        let answer = (): Promise<TrustedIssuer> => new Promise(() => {})
        const verifier = yield* verifierOf(() => answer())
        const token = tokenOf(one, server, nowSeconds() + 3600)
        expect(yield* within(5, judged(verifier, token))).toMatchObject({
          _tag: "CheckUnavailable",
          because: "The function that finds issuers gave no answer in time.",
        })
        answer = async () => ({ issuer: server.issuer, audience })
        expect(yield* judged(verifier, token)).toBe("accepted")
        answer = () => new Promise(() => {})
        yield* TestClock.adjust("10 minutes")
        expect(yield* within(5, judged(verifier, token))).toBe("accepted")
        expect(verifier.verify(token)).toMatchObject({ _tag: "Success" })
      }),
    ))

  test("one that was removed is not trusted again when the function fails", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const server = yield* keyServer(one.published)
        let answer: () => TrustedIssuer | undefined = () => ({ issuer: server.issuer, audience })
        const verifier = yield* verifierOf(() => answer())
        const token = tokenOf(one, server, nowSeconds() + 3600)
        expect(yield* judged(verifier, token)).toBe("accepted")
        yield* TestClock.adjust("11 minutes")
        answer = () => undefined
        expect(yield* judged(verifier, token)).toMatchObject({ claim: "iss" })
        answer = () => {
          throw new Error("database gone")
        }
        expect(yield* judged(verifier, token)).toMatchObject({ _tag: "CheckUnavailable", check: "issuers" })
      }),
    ))

  test("a function that answers with another issuer than asked for is not believed", () =>
    inVirtualTime(
      Effect.gen(function* () {
        yield* TestClock.setTime(nowSeconds() * 1000)
        const server = yield* keyServer(one.published)
        const verifier = yield* verifierOf(() => ({ issuer: server.issuer, audience }))
        expect(yield* judged(verifier, tokenOf(one, { issuer: "https://evil.example" }))).toMatchObject({
          claim: "iss",
        })
        expect(server.fetches()).toBe(0)
      }),
    ))
})
