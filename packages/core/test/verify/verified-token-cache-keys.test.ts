import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, test } from "vitest"
import type { Verifier } from "../../src/verify/access-token.ts"
import { verifiedTokenCache } from "../../src/verify/verified-token-cache.ts"
import { keyServer, letTimePass, remoteVerifier, tick } from "./key-server.ts"
import { makeSigner, mint, nowSeconds, type Signer } from "./mint.ts"
import { inVirtualTime } from "./virtual-time.ts"

const answer = (verifier: Verifier, token: string) => Effect.promise(async () => verifier.verify(token))

/** A remembered answer is the very one that was given before. */
const isRemembered = Effect.fnUntraced(function* (verifier: Verifier, token: string) {
  const first = yield* answer(verifier, token)
  return verifier.verify(token) === first
})

/** A verifier that remembers tokens, of a server with these keys. */
const remembering = Effect.fnUntraced(function* (signer: Signer) {
  yield* TestClock.setTime(nowSeconds() * 1000)
  const server = yield* keyServer(signer.published)
  server.cacheControl = "max-age=60"
  const verifier = yield* remoteVerifier(server, { cache: verifiedTokenCache() })
  return { server, verifier, token: mint(signer, { claims: { iss: server.issuer } }) }
})

/** What a token is refused with, once it is. */
const refusal = Effect.fnUntraced(function* (verifier: Verifier, token: string) {
  for (let turn = 0; turn < 500 && Result.isSuccess(yield* answer(verifier, token)); turn++) yield* tick
  return yield* answer(verifier, token)
})

describe("a key that leaves the set", () => {
  const [old, next] = [makeSigner("ES256", "old"), makeSigner("ES256", "next")]

  test("takes the tokens with it that it verified", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { server, verifier, token } = yield* remembering(old)
        yield* answer(verifier, mint(old, { claims: { iss: server.issuer, jti: "first" } }))
        yield* TestClock.adjust("47 seconds")
        expect(yield* isRemembered(verifier, token)).toBe(true)
        expect(server.fetches()).toBe(1)
        server.keys = next.published
        yield* TestClock.adjust("2 seconds")
        expect(yield* isRemembered(verifier, token)).toBe(true)
        expect(yield* refusal(verifier, token)).toMatchObject({
          failure: { reason: { _tag: "KeyNotFound", keyId: "old" } },
        })
      }),
    ))

  test("takes them with it also when another comes under its name", () =>
    inVirtualTime(
      Effect.gen(function* () {
        const { server, verifier, token } = yield* remembering(old)
        expect(yield* isRemembered(verifier, token)).toBe(true)
        expect(verifier.recall?.(token)).toBe(yield* answer(verifier, token))
        server.keys = makeSigner("ES256", "old").published
        yield* TestClock.adjust("49 seconds")
        expect(yield* refusal(verifier, token)).toMatchObject({ failure: { reason: { _tag: "SignatureMismatch" } } })
        expect(verifier.recall?.(token)).toBeUndefined()
      }),
    ))

  test("is asked for once by all who come with a known token when the set is old", () =>
    inVirtualTime(
      Effect.gen(function* () {
        for (const shared of [true, false]) {
          yield* TestClock.setTime(nowSeconds() * 1000)
          const server = yield* keyServer(old.published)
          server.cacheControl = "max-age=60"
          const verifier = yield* remoteVerifier(server, { shared, cache: verifiedTokenCache() })
          const token = mint(old, { claims: { iss: server.issuer } })
          yield* answer(verifier, mint(old, { claims: { iss: server.issuer, jti: "first" } }))
          yield* TestClock.adjust("40 seconds")
          const first = yield* answer(verifier, token)
          yield* TestClock.adjust("21 seconds")
          expect(verifier.recall?.(token)).toBeUndefined()
          const later = verifier.verify(token)
          expect(later).toBeInstanceOf(Promise)
          expect(yield* letTimePass(Effect.promise(async () => later))).toBe(first)
          expect(server.fetches()).toBe(2)
        }
      }),
    ))
})
