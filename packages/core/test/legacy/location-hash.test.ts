import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import { test } from "vitest"
import { verifyLocationHash } from "../../src/legacy/location-hash.ts"
import { encode, makeSigner, nowSeconds } from "../verify/mint.ts"
import { bySecret, hash, holder, idToken, inBrowser, options, rs256, unsigned, verdict } from "./legacy-hash.ts"

describe("a location hash", () => {
  test("gives its tokens as secrets, the ID token to be presented until it ends", async () => {
    const outcome = await bySecret(hash(idToken(), "&refresh_token=refresh-1"))
    assert(outcome._tag === "SignedIn")
    const { tokens, claims, state } = outcome
    assert.strictEqual(claims?.sub, "auth0|1")
    assert.strictEqual(state, "hello")
    assert.strictEqual(tokens.presented, "id_token")
    assert.closeTo(tokens.expiresAt, Date.now() + 36_000_000, 2000)
    assert.strictEqual(tokens.refreshToken && Redacted.value(tokens.refreshToken), "refresh-1")
    assert.notMatch(JSON.stringify(outcome), /refresh-1|opaque16chars|eyJ/)
    assert.deepStrictEqual(
      outcome.warnings.map(({ name }) => name),
      [
        "token-in-fragment",
        "id-token-as-bearer",
        "missing-state-or-nonce",
        "refresh-token-in-fragment",
        "long-lived-bearer",
      ],
    )
  })

  test("ends at a time that a store takes, whatever the ID token says", async () => {
    for (const exp of [nowSeconds() + 600.5, 1e306]) {
      const outcome = await bySecret(hash(idToken({ exp })))
      assert(outcome._tag === "SignedIn")
      assert.isTrue(Number.isSafeInteger(outcome.tokens.expiresAt))
    }
  })

  test("with HS256 in a browser is marked and warned of", async () => {
    const outcome = await inBrowser(hash(idToken({ nonce: "n", exp: nowSeconds() + 600 })), { nonce: "n" })
    assert(outcome._tag === "Unverified")
    assert.deepStrictEqual(
      outcome.warnings.map(({ name }) => name),
      ["token-in-fragment", "unverified-hs256", "id-token-as-bearer"],
    )
  })

  test("with a forged HS256 token signs nobody in, in a browser or elsewhere", async () => {
    const forged = idToken({ sub: "auth0|admin" }).replace(/\.[^.]*$/, `.${encode(Buffer.alloc(32))}`)
    assert.strictEqual((await inBrowser(hash(forged)))._tag, "Unverified")
    assert.strictEqual(verdict(await bySecret(hash(forged))), "id_token_refused")
  })

  test("with RS256 is verified in a browser, and so is its forgery", async () => {
    const good = idToken({}, { signer: rs256 })
    assert.strictEqual((await inBrowser(hash(good)))._tag, "SignedIn")
    const forged = idToken({}, { signer: makeSigner("RS256") })
    assert.strictEqual(verdict(await inBrowser(hash(forged))), "id_token_refused")
    assert.strictEqual(verdict(await inBrowser(hash(idToken({}, { signer: makeSigner("HS384") })))), "id_token_refused")
  })

  test("with the at_hash of another access token is refused, unverified or not", async () => {
    const token = idToken({ at_hash: "another" })
    assert.strictEqual(verdict(await inBrowser(hash(token))), "at_hash")
    assert.strictEqual(verdict(await bySecret(hash(token))), "at_hash")
  })

  test("that nobody waits for is refused, unless that is wanted", async () => {
    const unsolicited = { unsolicited: true }
    assert.strictEqual(verdict(await bySecret(hash(idToken()), unsolicited)), "invalid_state")
    const accepting = { ...options(holder, unsolicited), unsafeAcceptUnsolicited: true }
    const outcome = await Effect.runPromise(verifyLocationHash(hash(idToken()), accepting))
    assert(outcome._tag === "SignedIn")
    assert.include(
      outcome.warnings.map(({ name }) => name),
      "missing-state-or-nonce",
    )
  })

  test("with another state, two states or none is refused, and the state is told", async () => {
    const other = await bySecret(hash(idToken()).replace("hello", "other"))
    assert.strictEqual(verdict(other), "invalid_state")
    assert.propertyVal(other, "state", "other")
    assert.strictEqual(verdict(await bySecret(hash(idToken(), "&state=hello"))), "invalid_callback")
    assert.strictEqual(verdict(await bySecret(hash(idToken()).replace("&state=hello", ""))), "invalid_state")
  })

  test("of 100 kB is refused", async () => {
    assert.strictEqual(verdict(await bySecret(hash("a".repeat(100_000)))), "invalid_callback")
  })

  test("with a code is none", async () => {
    assert.strictEqual(verdict(await bySecret("#code=c&state=hello")), "invalid_callback")
  })

  it.effect("has exactly one outcome and no exception, whatever it is", () =>
    Effect.promise(() => {
      const part = fc.constantFrom(
        "id_token",
        "access_token",
        "token_type",
        "state",
        "error",
        "refresh_token",
        "iss",
        "code",
      )
      const value = fc.oneof(fc.string(), fc.constantFrom("hello", "bearer", idToken(), unsigned, ""))
      const text = fc
        .array(fc.tuple(part, value), { maxLength: 6 })
        .map((pairs) => `#${new URLSearchParams(pairs.map(([name, given]) => [name, given]))}`)
      return fc.assert(
        fc.asyncProperty(fc.oneof(text, fc.string({ unit: "binary" })), async (input) => {
          const outcome = await inBrowser(input)
          assert.include(["AccessTokenOnly", "Unverified", "Refused", "NotOurs"], outcome._tag)
        }),
      )
    }),
  )
})
