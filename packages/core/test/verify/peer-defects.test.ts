import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { describe, expect, test } from "vitest"
import type { Verified } from "../../src/verify/verified.ts"
import { letTimePass } from "./key-server.ts"
import { encode, everyAlgorithm, goodClaims, makeSigner, mint, nowSeconds, verdict, verifierFor } from "./mint.ts"
import { overKeys } from "./over-keys.ts"

/** What was measured in other libraries and must not be found here; each test bears the defect's name. */
describe("defects of peers", () => {
  const signer = makeSigner("ES256")
  const hs256 = makeSigner("HS256")

  test("hono/jwk: a key set fetched for every request, and for every bad token", () =>
    overKeys(signer, ({ server, verifier }) =>
      Effect.gen(function* () {
        const good = mint(signer, { claims: { iss: server.issuer } })
        const forged = `${good.slice(0, good.lastIndexOf(".") + 1)}${encode(Buffer.alloc(64, 1))}`
        const all = Array.from({ length: 500 }, (_, index) => verifier.verify(index % 2 === 0 ? good : forged))
        const verified = yield* Effect.promise(() => Promise.all(all))
        expect(verified.filter(Result.isSuccess)).toHaveLength(250)
        expect(server.fetches()).toBe(1)
      }),
    ))

  test("jose on Workers: fifty fetches for fifty requests that come first", () =>
    overKeys(signer, ({ server, verifier }) =>
      Effect.gen(function* () {
        const token = mint(signer, { claims: { iss: server.issuer } })
        yield* Effect.promise(() => Promise.all(Array.from({ length: 50 }, () => verifier.verify(token))))
        expect(server.fetches()).toBe(1)
      }),
    ))

  test("jose, hono/jwk, auth0-api-js: no valid token accepted while the key set cannot be fetched again", () =>
    overKeys(signer, ({ server, verifier }) =>
      Effect.gen(function* () {
        const token = mint(signer, { claims: { iss: server.issuer, exp: nowSeconds() + 86_400 } })
        yield* verifier.check(token)
        yield* Effect.promise(server.stop)
        yield* TestClock.adjust("6 hours")
        const twenty = Effect.all(
          Array.from({ length: 20 }, () => Effect.exit(verifier.check(token))),
          { concurrency: 20 },
        )
        expect((yield* letTimePass(twenty)).filter(({ _tag }) => _tag === "Success")).toHaveLength(20)
      }),
    ))

  test("fast-jwt: one changeable object for all who verify the same token", async () => {
    const verifier = await verifierFor(hs256)
    const token = mint(hs256, { claims: { roles: ["reader"] } })
    const first = Result.getOrThrow((await verifier.verify(token)) as Verified)
    ;(first.claims["roles"] as Array<string>).push("admin")
    expect(() => (first.scopes as Array<string>).push("admin")).toThrow(TypeError)
    const second = Result.getOrThrow((await verifier.verify(token)) as Verified)
    expect(second.claims["roles"]).toEqual(["reader"])
    expect(second.scopes).toEqual(["read:orders", "write:orders"])
  })

  test.each(everyAlgorithm)(
    "every verifier tried: another spelling of a signed token is accepted (%s)",
    async (alg) => {
      const signer = makeSigner(alg)
      const verifier = await verifierFor(signer)
      const token = mint(signer)
      const parts = token.split(".")
      const spellings = parts.flatMap((part, index) =>
        respelled(part).map((other) => parts.with(index, other).join(".")),
      )
      for (const spelling of spellings) expect(await verdict(verifier, spelling)).not.toBe("accepted")
      expect(await verdict(verifier, token)).toBe("accepted")
    },
  )

  test("most: another kind of JWT is accepted as an access token", async () => {
    const strict = await verifierFor(hs256)
    const compatible = await verifierFor(hs256, { profile: "compatible" })
    for (const typ of [
      "dpop+jwt",
      "logout+jwt",
      "oauth-authz-req+jwt",
      "token-introspection+jwt",
      "entity-statement+jwt",
    ]) {
      for (const verifier of [strict, compatible]) {
        expect(await verdict(verifier, mint(hs256, { header: { typ } }))).toEqual({ _tag: "TypeNotAllowed", type: typ })
      }
    }
  })

  test("some: no expiry, a time that is no number, a missing claim or a critical header is let through", async () => {
    const verifier = await verifierFor(hs256, { profile: "compatible" })
    for (const claim of ["exp", "iss", "aud", "sub"]) {
      expect(await verdict(verifier, mint(hs256, { claims: { [claim]: undefined } }))).toMatchObject({
        _tag: "ClaimMismatch",
        claim,
      })
    }
    for (const time of ['"9999999999"', "1e400", "null", "[9999999999]", '"never"']) {
      const payload = JSON.stringify({ ...goodClaims(), exp: 0 }).replace('"exp":0', `"exp":${time}`)
      expect(await verdict(verifier, mint(hs256, { payload }))).toMatchObject({ _tag: "ClaimMismatch", claim: "exp" })
    }
    expect(await verdict(verifier, mint(hs256, { header: { crit: ["exp"] } }))).toMatchObject({
      _tag: "MalformedToken",
    })
  })

  test("hono/jwt: the token's text is in the error's message", async () => {
    const verifier = await verifierFor(hs256)
    const bad = [
      { claims: { exp: 1 } },
      { claims: { iss: "https://evil.example" } },
      { claims: { aud: "x" } },
      { claims: { nbf: nowSeconds() + 100 } },
      { header: { alg: "HS384" } },
      { header: { typ: "JWT" } },
      { header: { crit: [] } },
      { payload: "foo" },
    ]
    const tokens = [...bad.map((minting) => mint(hs256, minting)), `${mint(hs256)}A`, `${mint(hs256)}.x`]
    for (const token of tokens) {
      const verified = await verifier.verify(token)
      const shown = Result.isFailure(verified) ? `${verified.failure.stack} ${JSON.stringify(verified.failure)}` : token
      for (const part of token.split(".").filter(({ length }) => length > 8)) expect(shown).not.toContain(part)
    }
  })
})

/** Texts that a lenient decoder reads as the same bytes, or that mean the same to a lenient parser. */
const respelled = (part: string): ReadonlyArray<string> => {
  const last = alphabet.indexOf(part.at(-1) ?? "")
  const sameBytes = [1, 2, 3, 4, 8, 15].map((bits) => part.slice(0, -1) + (alphabet[last ^ bits] ?? ""))
  return [
    ...sameBytes.filter((other) => Buffer.from(other, "base64url").equals(Buffer.from(part, "base64url"))),
    ...["=", "==", " ", "\n", "\0", "%3D"].map((more) => part + more),
    ...[" ", "\t", "\r\n", "*"].map((more) => part.slice(0, 4) + more + part.slice(4)),
    ...[part.replaceAll("-", "+").replaceAll("_", "/")].filter((other) => other !== part),
    ` ${part}`,
  ]
}

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
