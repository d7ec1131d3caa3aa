import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import { jwks } from "../../src/verify/jwks.ts"
import { secret } from "../../src/verify/secret.ts"
import {
  audience,
  everyAlgorithm,
  goodClaims,
  issuer,
  makeSigner,
  mint,
  nowSeconds,
  sharedSecret,
  verdict,
  verifierFor,
} from "./mint.ts"

const signers = everyAlgorithm.map((alg) => makeSigner(alg))
const hs256 = makeSigner("HS256")
const rs256 = signers.find(({ alg }) => alg === "RS256")!

describe.each(signers)("a token signed with $alg", (signer) => {
  test("is accepted, and yields its principal", async () => {
    const verifier = await verifierFor(signer)
    const claims = { ...goodClaims(), act: { sub: "shop-backend", iss: issuer, act: { sub: "gateway" } } }
    expect(await verifier.verify(mint(signer, { claims }))).toEqual(
      Result.succeed({
        issuer,
        subject: "alice",
        clientId: "shop",
        scopes: ["read:orders", "write:orders"],
        actors: [
          { subject: "shop-backend", issuer },
          { subject: "gateway", issuer: undefined },
        ],
        expiresAt: Number(claims["exp" as keyof typeof claims]) * 1000,
        claims,
      }),
    )
    expect(await Effect.runPromise(verifier.check(mint(signer)))).toMatchObject({ subject: "alice", actors: [] })
  })

  test("with any other payload or signature is refused", async () => {
    const verifier = await verifierFor(signer)
    const [header, payload, signature] = mint(signer).split(".")
    for (const claim of Object.keys(goodClaims())) {
      const other = Buffer.from(JSON.stringify({ ...goodClaims(), [claim]: "x" })).toString("base64url")
      expect(await verdict(verifier, `${header}.${other}.${signature}`)).not.toBe("accepted")
    }
    const mallory = Buffer.from(JSON.stringify({ ...goodClaims(), sub: "mallory" })).toString("base64url")
    expect(await verdict(verifier, `${header}.${mallory}.${signature}`)).toEqual({ _tag: "SignatureMismatch" })
    const swapped = mint(signer, { claims: { sub: "bob" } }).split(".")[2]
    expect(await verdict(verifier, `${header}.${payload}.${swapped}`)).toEqual({ _tag: "SignatureMismatch" })
  })

  test("with any character changed, added or left out is refused", async () => {
    const verifier = await verifierFor(signer)
    const token = mint(signer)
    const character = fc.oneof(
      fc.constantFrom(..."ABCxyz019-_.=+/ \n"),
      fc.nat(0xffff).map((code) => String.fromCharCode(code)),
    )
    const mutation = fc.tuple(fc.nat(token.length - 1), character, fc.nat(1))
    await fc.assert(
      fc.asyncProperty(mutation, async ([at, character, removed]) => {
        const mutant = token.slice(0, at) + character + token.slice(at + removed)
        fc.pre(mutant !== token)
        expect(await verdict(verifier, mutant)).not.toBe("accepted")
      }),
      { numRuns: 150 },
    )
    expect(await verdict(verifier, token)).toBe("accepted")
  })
})

describe("claims", async () => {
  const verifier = await verifierFor(hs256)
  const mismatch = (claim: string, expected: string, actual?: string) => ({
    _tag: "ClaimMismatch",
    claim,
    expected,
    ...(actual !== undefined && { actual }),
  })

  test.each([
    ["another issuer", { iss: `${issuer}/` }, mismatch("iss", issuer, `${issuer}/`)],
    ["no issuer", { iss: undefined }, mismatch("iss", issuer)],
    ["another audience", { aud: "https://other.example" }, mismatch("aud", audience, "https://other.example")],
    ["other audiences", { aud: ["a", "b"] }, mismatch("aud", audience, "a, b")],
    ["no audience", { aud: undefined }, mismatch("aud", audience)],
    ["an empty list of audiences", { aud: [] }, mismatch("aud", audience)],
    ["a list of other things", { aud: [7] }, mismatch("aud", "a string or a list of strings", "something else")],
    ["no exp", { exp: undefined }, mismatch("exp", "it (strict profile)")],
    ["no sub", { sub: undefined }, mismatch("sub", "it (strict profile)")],
    ["no client_id", { client_id: undefined }, mismatch("client_id", "it (strict profile)")],
    ["no iat", { iat: undefined }, mismatch("iat", "it (strict profile)")],
    ["no jti", { jti: undefined }, mismatch("jti", "it (strict profile)")],
    ["exp as a string", { exp: "9999999999" }, mismatch("exp", "a finite number", "something else")],
    ["an empty sub", { sub: "" }, mismatch("sub", "a name", "empty")],
    ["an empty client_id", { client_id: "" }, mismatch("client_id", "a name", "empty")],
    ["sub as a number", { sub: 5 }, mismatch("sub", "a string", "something else")],
    ["scope as a number", { scope: 7 }, mismatch("scope", "a string or a list of strings", "something else")],
    ["scp as an object", { scp: {} }, mismatch("scp", "a string or a list of strings", "something else")],
    ["azp as a list", { azp: ["shop"] }, mismatch("azp", "a string", "something else")],
    ["act as a string", { act: "alice" }, mismatch("act", "a JSON object", "something else")],
  ])("%s", async (_, claims, reason) => {
    expect(await verdict(verifier, mint(hs256, { claims }))).toEqual(reason)
  })

  test("nobody without a name calls in the compatible profile either", async () => {
    const compatible = await verifierFor(hs256, { profile: "compatible" })
    for (const claim of ["sub", "client_id"]) {
      expect(await verdict(compatible, mint(hs256, { claims: { [claim]: "" } }))).toEqual(
        mismatch(claim, "a name", "empty"),
      )
    }
  })

  test.each([
    ["its audience among others", { aud: ["other", audience] }],
    ["times with fractions", { exp: nowSeconds() + 10.5, iat: nowSeconds() - 0.25 }],
    ["no scope", { scope: undefined }],
    ["claims of any kind", { anything: { nested: [1, null, "x"] } }],
  ])("%s is accepted", async (_, claims) => {
    expect(await verdict(verifier, mint(hs256, { claims }))).toBe("accepted")
  })

  test("a time that is not finite is refused", async () => {
    for (const [claim, value] of [
      ["exp", "1e400"],
      ["nbf", "-1e400"],
      ["iat", "1e400"],
      ["exp", "null"],
      ["exp", "true"],
    ]) {
      const payload = JSON.stringify({ ...goodClaims(), [claim!]: 0 }).replace(`"${claim}":0`, `"${claim}":${value}`)
      expect(await verdict(verifier, mint(hs256, { payload }))).toMatchObject({ _tag: "ClaimMismatch", claim })
    }
  })

  const actor = "an object with sub and, if at all, iss as strings"
  test.each([
    ["without sub", { iss: issuer }, actor],
    ["with a sub that is no string", { sub: 5 }, actor],
    ["with an iss that is no string", { sub: "a", iss: 5 }, actor],
    ["with a nested act that is none", { sub: "a", act: "b" }, actor],
    ["with a nested act of null", { sub: "a", act: null }, actor],
    ["with a nested act that is empty", { sub: "a", act: {} }, actor],
    ["in a chain of eleven", chain(11), "at most 10 actors"],
  ])("an actor %s is refused", async (_, act, expected) => {
    expect(await verdict(verifier, mint(hs256, { claims: { act } }))).toEqual(
      mismatch("act", expected, "something else"),
    )
  })

  test("a chain of ten actors is read in order", async () => {
    const verified = await Effect.runPromise(verifier.check(mint(hs256, { claims: { act: chain(10) } })))
    expect(verified.actors.map(({ subject }) => subject)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"])
  })

  test("what is shown of a token is printable, short and no token", async () => {
    const inner = mint(hs256)
    for (const iss of [inner, "\u001b[31m\r\nx", "x".repeat(5000)]) {
      const verified = await verifier.verify(mint(hs256, { claims: { iss } }))
      const error = Result.isFailure(verified) ? verified.failure : undefined
      expect(error?.message).toMatch(/^[ -~…]{1,400}$/)
      expect(JSON.stringify(error)).not.toContain(inner.slice(0, 60))
    }
  })
})

describe("types", () => {
  const typed = (typ: unknown, claims?: object) => mint(hs256, { header: { typ }, claims: { ...claims } })
  const verdicts = async (profile: "strict" | "compatible", types: ReadonlyArray<unknown>) => {
    const verifier = await verifierFor(hs256, { profile })
    return Promise.all(types.map(async (typ) => (await verdict(verifier, typed(typ))) === "accepted"))
  }
  const accessTokens = ["at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt"]
  const plain = ["JWT", "jwt", "application/jwt", undefined]
  const others = ["dpop+jwt", "logout+jwt", "client-authentication+jwt", "secevent+jwt", "at+jwt ", "", "JWS"]

  test("strict: access tokens only (RFC 9068)", async () => {
    expect(await verdicts("strict", accessTokens)).not.toContain(false)
    expect(await verdicts("strict", [...plain, ...others])).not.toContain(true)
  })

  test("compatible: plain JWTs too, but no other type", async () => {
    expect(await verdicts("compatible", [...accessTokens, ...plain])).not.toContain(false)
    expect(await verdicts("compatible", others)).not.toContain(true)
  })

  test("compatible takes a legacy ID token without the claims of RFC 9068", async () => {
    const idToken = typed("JWT", {
      aud: "client-1",
      client_id: undefined,
      jti: undefined,
      scope: undefined,
      iat: undefined,
    })
    const legacy = await verifierFor(hs256, { profile: "compatible", audience: "client-1" })
    expect(await Effect.runPromise(legacy.check(idToken))).toMatchObject({
      subject: "alice",
      clientId: undefined,
      scopes: [],
    })
    const strict = await verifierFor(hs256, { audience: "client-1" })
    expect(await verdict(strict, idToken)).toEqual({ _tag: "TypeNotAllowed", type: "jwt" })
  })

  test("a logout token is none, even without a type of its own", async () => {
    const events = { "http://schemas.openid.net/event/backchannel-logout": {} }
    const verifier = await verifierFor(hs256, { profile: "compatible" })
    expect(await verdict(verifier, typed(undefined, { events }))).toEqual({
      _tag: "TypeNotAllowed",
      type: "security event token",
    })
  })
})

test("a secret may be text, bytes or redacted", async () => {
  for (const value of [sharedSecret, Buffer.from(sharedSecret), Redacted.make(sharedSecret)] as const) {
    expect(await verdict(await verifierFor(hs256, { keys: secret(value) }), mint(hs256))).toBe("accepted")
  }
})

test("EdDSA and Ed25519 are the same", async () => {
  const signer = makeSigner("EdDSA")
  for (const algorithms of [["EdDSA"], ["Ed25519"], ["EdDSA", "Ed25519"]] as const) {
    const verifier = await verifierFor(signer, { algorithms })
    for (const alg of ["EdDSA", "Ed25519"]) {
      expect(await verdict(verifier, mint(signer, { header: { alg } }))).toBe("accepted")
    }
  }
})

describe("which key of a set", () => {
  const [a, b] = [makeSigner("ES256", "a"), makeSigner("ES256", "b")]
  const accepts = async (keys: ReadonlyArray<object>, token: string) =>
    verdict(await verifierFor(a, { keys: jwks({ keys }) }), token)
  const [keyA, keyB] = [a.published[0]!, b.published[0]!]

  test("the one that the token names", async () => {
    expect(await accepts([keyA, keyB], mint(a))).toBe("accepted")
    expect(await accepts([keyA, keyB], mint(a, { header: { kid: "b" } }))).toEqual({ _tag: "SignatureMismatch" })
    expect(await accepts([keyA, keyB], mint(a, { header: { kid: "c" } }))).toEqual({ _tag: "KeyNotFound", keyId: "c" })
  })

  test("without kid the only one that fits, and none of several", async () => {
    const token = mint(a, { header: { kid: undefined } })
    expect(await accepts([keyA, ...rs256.published], token)).toBe("accepted")
    expect(await accepts([keyA, keyB], token)).toEqual({ _tag: "KeyNotFound", keyId: undefined })
  })

  test.each([
    ["another use", { use: "enc" }],
    ["another algorithm", { alg: "ES384" }],
    ["other operations", { key_ops: ["sign"] }],
  ])("not one for %s", async (_, members) => {
    expect(await accepts([{ ...keyA, ...members }, keyB], mint(a))).toEqual({ _tag: "KeyNotFound", keyId: "a" })
  })

  test("one that says nothing of its purpose", async () => {
    const { alg: _, use: __, ...bare } = keyA
    expect(await accepts([bare], mint(a))).toBe("accepted")
    expect(await accepts([{ ...bare, key_ops: ["verify"] }], mint(a))).toBe("accepted")
  })
})

function chain(length: number, at = 1): object {
  return at === length ? { sub: String(at) } : { sub: String(at), act: chain(length, at + 1) }
}
