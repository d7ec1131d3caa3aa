import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, test } from "vitest"
import { makeVerifier, type Verifier } from "../../src/verify/access-token.ts"
import { verifiedTokenCache, type VerifiedTokenCacheOptions } from "../../src/verify/verified-token-cache.ts"
import type { VerifierOptions } from "../../src/verify/verifier-options.ts"
import {
  audience,
  encode,
  everyAlgorithm,
  issuer,
  makeSigner,
  mint,
  signatureOf,
  verdict,
  verifierFor,
} from "./mint.ts"
import { inVirtualTime } from "./virtual-time.ts"

const hs256 = makeSigner("HS256")
const issuedAt = 1_800_000_000
const lasting = (claims: object = {}) => mint(hs256, { claims: { iat: issuedAt, exp: issuedAt + 3600, ...claims } })

const cachingVerifier = (options: VerifiedTokenCacheOptions = {}, others: Partial<VerifierOptions> = {}) =>
  makeVerifier({ issuer, audience, keys: hs256.keys, cache: verifiedTokenCache(options), ...others })

const answer = (verifier: Verifier, token: string) => Effect.promise(async () => verifier.verify(token))

/** A remembered answer is the very one that was given before. */
const isRemembered = Effect.fnUntraced(function* (verifier: Verifier, token: string) {
  const first = yield* answer(verifier, token)
  return verifier.verify(token) === first
})

/** The seconds after its first verification up to which the answer for a token is still the first one. */
const rememberedAt = Effect.fnUntraced(function* (verifier: Verifier, token: string, seconds: number) {
  yield* TestClock.setTime(issuedAt * 1000)
  const first = yield* answer(verifier, token)
  yield* TestClock.setTime((issuedAt + seconds) * 1000)
  return (yield* answer(verifier, token)) === first
})

describe("a token that was accepted", () => {
  test.each(everyAlgorithm)("is known again, at once: %s", async (alg) => {
    const signer = makeSigner(alg)
    const verifier = await verifierFor(signer, { cache: verifiedTokenCache() })
    const first = await verifier.verify(mint(signer))
    const token = mint(signer, { claims: { jti: "2" } })
    const second = await verifier.verify(token)
    expect(second).toMatchObject({ _tag: "Success", success: { subject: "alice", claims: { jti: "2" } } })
    expect(second).not.toBe(first)
    expect(verifier.verify(token)).toBe(second)
    expect(verifier.verify(`${token.slice(0, 9)}${token.slice(9)}`)).toBe(second)
  })

  test("is frozen, down to the last of its claims", async () => {
    const verifier = await verifierFor(hs256, { cache: verifiedTokenCache() })
    const claims = {
      roles: ["reader"],
      address: { lines: [{ street: "Main" }] },
      act: { sub: "shop", act: { sub: "x" } },
    }
    const verified = await verifier.verify(mint(hs256, { claims }))
    const unfrozen = (value: unknown): ReadonlyArray<unknown> =>
      typeof value !== "object" || value === null
        ? []
        : [...(Object.isFrozen(value) ? [] : [value]), ...Object.values(value).flatMap(unfrozen)]
    expect(Result.isSuccess(verified)).toBe(true)
    expect(unfrozen(verified)).toEqual([])
  })

  test("is forgotten after its time, which is a minute at most", () =>
    inVirtualTime(
      Effect.gen(function* () {
        expect(yield* rememberedAt(yield* cachingVerifier(), lasting(), 59.999)).toBe(true)
        expect(yield* rememberedAt(yield* cachingVerifier(), lasting(), 60)).toBe(false)
        const short = { maxAge: "10 seconds" } as const
        expect(yield* rememberedAt(yield* cachingVerifier(short), lasting(), 9.999)).toBe(true)
        expect(yield* rememberedAt(yield* cachingVerifier(short), lasting(), 10)).toBe(false)
      }),
    ))

  test("is not lengthened in its life by being asked for", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const verifier = yield* cachingVerifier()
        yield* TestClock.setTime(issuedAt * 1000)
        const first = yield* answer(verifier, lasting())
        yield* TestClock.adjust("40 seconds")
        expect(verifier.verify(lasting())).toBe(first)
        yield* TestClock.adjust("20 seconds")
        expect(yield* answer(verifier, lasting())).not.toBe(first)
      }),
    ))

  test("is forgotten at exp, tolerance or not, and refused when that is over too", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const token = lasting({ exp: issuedAt + 30 })
        const verifier = yield* cachingVerifier()
        expect(yield* rememberedAt(verifier, token, 29.999)).toBe(true)
        expect(yield* rememberedAt(verifier, token, 30)).toBe(false)
        yield* TestClock.setTime((issuedAt + 35) * 1000)
        expect(yield* answer(verifier, token)).toMatchObject({
          failure: { reason: { _tag: "OutsideValidity", claim: "exp", seconds: 5 } },
        })
      }),
    ))

  test("is refused when the clock was set back to before it is valid", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const verifier = yield* cachingVerifier()
        for (const [claim, back] of [
          ["nbf", 5],
          ["iat", 60],
        ] as const) {
          const token = lasting({ [claim]: issuedAt + 4 })
          expect(yield* rememberedAt(verifier, token, 10)).toBe(true)
          yield* TestClock.setTime((issuedAt - back) * 1000)
          expect(yield* answer(verifier, token)).toMatchObject({
            failure: { reason: { _tag: "OutsideValidity", claim, seconds: back + 4 } },
          })
        }
      }),
    ))

  test("is not known by any other spelling, nor by a part of it", async () => {
    const signer = makeSigner("ES256")
    const verifier = await verifierFor(signer, { cache: verifiedTokenCache() })
    const token = mint(signer)
    expect(verifier.recall?.(token)).toBeUndefined()
    await verifier.verify(token)
    const [header = "", payload = "", signature = ""] = token.split(".")
    const wide = (text: string) => String.fromCharCode(...Array.from(text, (c) => c.charCodeAt(0) + 0x100))
    const others = [
      `${token}=`,
      `${token}.`,
      `${token}\0`,
      ` ${token}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      `${header}.${payload}.${wide(signature)}`,
      `${header}.${payload}.${signature.toLowerCase()}`,
      `${header}.${payload}.${signature.slice(0, -1)}`,
      `${header}.${wide(payload)}.${signature}`,
      `${header}.${encode(JSON.stringify({ sub: "mallory" }))}.${signature}`,
      `.${payload}.${signature}`,
      "",
      ".",
      "..",
      "x".repeat(1_000_000),
    ]
    for (const other of others) expect(await verdict(verifier, other)).not.toBe("accepted")
    for (const other of [undefined, null, 7, {}]) {
      expect(await verdict(verifier, other as unknown as string)).toMatchObject({ _tag: "MalformedToken" })
    }
    expect(await verdict(verifier, token)).toBe("accepted")
  })

  test("is not known by any other signature, wherever it differs", async () => {
    const signer = makeSigner("RS256")
    const verifier = await verifierFor(signer, { cache: verifiedTokenCache() })
    const token = mint(signer)
    await verifier.verify(token)
    for (let at = token.lastIndexOf(".") + 1; at < token.length; at++) {
      const other = `${token.slice(0, at)}${token[at] === "g" ? "w" : "g"}${token.slice(at + 1)}`
      expect(await verdict(verifier, other)).not.toBe("accepted")
    }
    expect(await verdict(verifier, token)).toBe("accepted")
  })

  test("of one verifier is new to another, although both were given the same cache", async () => {
    const cache = verifiedTokenCache()
    const [ours, theirs] = [
      await verifierFor(hs256, { cache }),
      await verifierFor(hs256, { cache, audience: "https://other.example" }),
    ]
    expect(await verdict(ours, mint(hs256))).toBe("accepted")
    expect(await verdict(theirs, mint(hs256))).toMatchObject({ _tag: "ClaimMismatch", claim: "aud" })
  })
})

describe("what is remembered is bounded", () => {
  const tokens = Array.from({ length: 5 }, (_, index) => lasting({ jti: `${index}` }))

  /** Which of the tokens, verified one after the other, are still known. */
  const known = (options: VerifiedTokenCacheOptions) =>
    Effect.gen(function* () {
      yield* TestClock.setTime(issuedAt * 1000)
      const verifier = yield* cachingVerifier(options)
      const first: Array<unknown> = []
      for (const token of tokens) first.push(yield* answer(verifier, token))
      const again = tokens.toReversed().map((token) => verifier.verify(token))
      return again.toReversed().map((verified, index) => verified === first[index])
    })

  test("in number and in bytes; the oldest go first", () =>
    inVirtualTime(
      Effect.gen(function* () {
        expect(yield* known({ capacity: 5 })).toEqual([true, true, true, true, true])
        expect((yield* known({ capacity: 2 })).slice(3)).toEqual([true, true])
        expect((yield* known({ capacity: 2 })).slice(0, 3)).toEqual([false, false, false])
        expect(yield* known({ maxBytes: 1 })).toEqual([false, false, false, false, false])
        expect((yield* known({ maxBytes: 8000 })).slice(3)).toEqual([true, true])
        expect((yield* known({ maxBytes: 8000 })).slice(0, 2)).toEqual([false, false])
      }),
    ))

  test.each([
    [{ capacity: 0 }, "cache.capacity"],
    [{ capacity: 1.5 }, "cache.capacity"],
    [{ maxBytes: 0 }, "cache.maxBytes"],
    [{ maxBytes: Number.NaN }, "cache.maxBytes"],
    [{ maxAge: "61 seconds" }, "cache.maxAge"],
    [{ maxAge: 0 }, "cache.maxAge"],
    [{ maxAge: "soon" as "1 second" }, "cache.maxAge"],
  ] as const)("by sensible numbers only: %o", async (options, field) => {
    const error = await Effect.runPromise(Effect.flip(cachingVerifier(options)))
    expect(error.reason).toMatchObject({ _tag: "InvalidOptions", field })
  })
})

describe("defects of peers", () => {
  test("fast-jwt: one changeable object for all who verify the same token", async () => {
    const verifier = await verifierFor(hs256, { cache: verifiedTokenCache() })
    const token = mint(hs256, { claims: { roles: ["reader"] } })
    const { claims } = Result.getOrThrow(await verifier.verify(token))
    expect(() => (claims["roles"] as Array<string>).push("admin")).toThrow(TypeError)
    expect(() => Object.assign(claims, { sub: "root" })).toThrow(TypeError)
    expect(await verifier.verify(token)).toMatchObject({ success: { claims: { roles: ["reader"], sub: "alice" } } })
  })

  test("fast-jwt: tokens that fail push out those that were accepted", async () => {
    const verifier = await verifierFor(hs256, { cache: verifiedTokenCache({ capacity: 2 }) })
    const good = [mint(hs256), mint(hs256, { claims: { jti: "2" } })]
    const first = await Promise.all(good.map((token) => verifier.verify(token)))
    for (let n = 0; n < 50; n++) {
      const token = mint(hs256, { claims: { jti: `bad ${n}` } })
      await verifier.verify(`${token.slice(0, token.lastIndexOf("."))}.${signatureOf(hs256, "other")}`)
      await verifier.verify(mint(hs256, { claims: { exp: 1 } }))
    }
    expect(good.map((token) => verifier.verify(token))).toEqual(first)
    for (const [index, token] of good.entries()) expect(verifier.verify(token)).toBe(first[index])
  })

  test("mod_oauth2: a token that is served from the cache after its exp", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const verifier = yield* cachingVerifier({}, { clockTolerance: 0 })
        const token = lasting({ exp: issuedAt + 30 })
        yield* TestClock.setTime(issuedAt * 1000)
        expect(yield* isRemembered(verifier, token)).toBe(true)
        yield* TestClock.adjust("30 seconds")
        expect(yield* answer(verifier, token)).toMatchObject({ failure: { reason: { claim: "exp" } } })
      }),
    ))
})
