import * as Effect from "effect/Effect"
import { createPublicKey, createSecretKey } from "node:crypto"
import { describe, expect, test } from "vitest"
import { makeVerifier } from "../../src/verify/access-token.ts"
import { jwks } from "../../src/verify/jwks.ts"
import {
  audience,
  encode,
  goodClaims,
  issuer,
  makeSigner,
  mint,
  sharedSecret,
  signatureOf,
  verdict,
  verifierFor,
} from "./mint.ts"

const rs256 = makeSigner("RS256")
const es256 = makeSigner("ES256")
const hs256 = makeSigner("HS256")
const evil = makeSigner("RS256", "RS256-1")
const published = jwks({ keys: [...rs256.published, ...es256.published] })
const verifier = await Effect.runPromise(makeVerifier({ issuer, audience, keys: published }))
const secretVerifier = await verifierFor(hs256)
const notAllowed = (algorithm: string) => ({ _tag: "AlgorithmNotAllowed", algorithm })

describe("algorithms the verifier did not choose", () => {
  test.each(["none", "None", "NONE", "nOnE", "HS256", "RS1", "RSA-OAEP", "ES256K", "__proto__", "constructor", ""])(
    "alg %s",
    async (alg) => {
      const [, payload, signature] = mint(rs256).split(".")
      const header = encode(JSON.stringify({ alg, typ: "at+jwt", kid: rs256.kid }))
      expect(await verdict(verifier, `${header}.${payload}.${signature}`)).toMatchObject(notAllowed(alg))
      expect(await verdict(verifier, `${header}.${payload}.`)).toMatchObject({ _tag: "MalformedToken" })
    },
  )

  test("the public key, in every form, as the secret of an HMAC", async () => {
    const key = createPublicKey(rs256.privateKey)
    const forms = [
      key.export({ type: "spki", format: "pem" }),
      String(key.export({ type: "spki", format: "pem" })).trim(),
      key.export({ type: "pkcs1", format: "pem" }),
      key.export({ type: "spki", format: "der" }),
      JSON.stringify(key.export({ format: "jwk" })),
      JSON.stringify(rs256.published[0]),
      Buffer.from(String(rs256.published[0]?.["n"]), "base64url"),
    ]
    for (const form of forms) {
      for (const alg of ["HS256", "HS384", "HS512"] as const) {
        const forged = { ...hs256, alg, kid: rs256.kid, privateKey: createSecretKey(Buffer.from(form)) }
        expect(await verdict(verifier, mint(forged))).toMatchObject(notAllowed(alg))
      }
    }
  })

  test("one algorithm's signature under the name of another", async () => {
    for (const alg of ["RS384", "RS512", "PS256", "ES256", "EdDSA"] as const) {
      const kid = alg === "ES256" ? es256.kid : rs256.kid
      expect(await verdict(verifier, mint(rs256, { header: { alg, kid } }))).not.toBe("accepted")
    }
  })
})

describe("keys that the token brings along", () => {
  const jwk = evil.published[0]
  test.each([
    ["jwk", { jwk }],
    ["jwk without kid", { jwk, kid: undefined }],
    ["jku", { jku: "https://evil.example/jwks.json" }],
    ["x5u", { x5u: "https://evil.example/cert.pem" }],
    ["x5c", { x5c: ["MIIB"] }],
    ["all", { jwk, jku: "http://127.0.0.1:9/jwks", x5u: "file:///etc/passwd", x5c: ["MIIB"] }],
  ])("%s", async (_, header) => {
    const keys = jwks({ keys: rs256.published })
    const onlyRsa = await verifierFor(rs256, { keys })
    expect(await verdict(onlyRsa, mint(evil, { header }))).toEqual({ _tag: "SignatureMismatch" })
    expect(await verdict(onlyRsa, mint(rs256, { header }))).toBe("accepted")
  })

  test("a kid made to be more than a name", async () => {
    for (const kid of ["../../dev/null", "' OR 1=1 --", "__proto__", "constructor", "", "k".repeat(10_000)]) {
      expect(await verdict(verifier, mint(evil, { header: { kid } }))).toMatchObject({ _tag: "KeyNotFound" })
    }
  })
})

describe("what other parsers may read differently", () => {
  const claims = JSON.stringify(goodClaims())
  const twice = (member: string) => claims.replace("{", `{${member},`)
  test.each([
    ["crit", { header: { crit: ["b64"], b64: false } }],
    ["b64", { header: { b64: false } }],
    ["an unknown crit", { header: { crit: ["urn:example:ext"], "urn:example:ext": true } }],
    ["sub twice", { payload: twice('"sub":"mallory"') }],
    ["sub twice, escaped", { payload: twice(String.raw`"\u0073ub":"mallory"`) }],
    ["a nested member twice", { payload: twice('"act":{"sub":"a","sub":"b"}') }],
    ["deep nesting", { payload: twice(`"x":${"[".repeat(5000)}${"]".repeat(5000)}`) }],
    ["a list of claims", { payload: `[${claims}]` }],
    ["text as payload", { payload: "foo" }],
    ["a byte order mark", { payload: `\ufeff${claims}` }],
    [
      "bytes that are not UTF-8",
      { payload: Buffer.concat([Buffer.from('{"sub":"'), Buffer.from([0xff]), Buffer.from('"}')]) },
    ],
    ["more after the payload", { payload: `${claims}{}` }],
  ])("%s is refused though signed", async (_, minting) => {
    for (const [signer, judge] of [
      [hs256, secretVerifier],
      [rs256, verifier],
    ] as const) {
      expect(await verdict(judge, mint(signer, minting))).toMatchObject({ _tag: "MalformedToken" })
    }
  })

  test("five parts", async () => {
    const reason = await verdict(verifier, "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..aaaa.bbbb.cccc")
    expect(reason).toMatchObject({ _tag: "MalformedToken", problem: expect.stringContaining("encrypted (JWE)") })
  })

  test("a token of 33 kB, though signed", async () => {
    expect(await verdict(secretVerifier, mint(hs256, { claims: { x: "x".repeat(25_000) } }))).toMatchObject({
      problem: "is longer than 32768 characters",
    })
  })

  test("an ID token, an assertion or a proof is no access token", async () => {
    const proof = { htm: "GET", htu: "https://api.example/", jti: "1", iat: 1 }
    for (const header of [{ typ: "JWT" }, { typ: undefined }, { typ: "dpop+jwt", jwk: {} }, { typ: "logout+jwt" }]) {
      expect(await verdict(verifier, mint(rs256, { header, claims: proof }))).toMatchObject({ _tag: "TypeNotAllowed" })
    }
  })

  test("claims that only a prototype has", async () => {
    const payload = claims.replace(`"sub":"alice"`, `"__proto__":{"sub":"alice"}`)
    expect(await verdict(verifier, mint(rs256, { payload }))).toMatchObject({ _tag: "ClaimMismatch", claim: "sub" })
  })
})

describe("a signature made for something else", () => {
  test("with another secret, or the right one cut short", async () => {
    for (const secret of [`${sharedSecret}x`, sharedSecret.slice(0, -1), ""]) {
      const forged = { ...hs256, privateKey: createSecretKey(Buffer.from(secret)) }
      expect(await verdict(secretVerifier, mint(forged))).toEqual({ _tag: "SignatureMismatch" })
    }
  })

  test("over another header", async () => {
    const [, payload, signature] = mint(hs256).split(".")
    const header = encode(JSON.stringify({ alg: "HS256", typ: "at+jwt", kid: "other" }))
    expect(await verdict(secretVerifier, `${header}.${payload}.${signature}`)).toEqual({ _tag: "SignatureMismatch" })
  })

  test("ECDSA with r = s = 0, and in DER", async () => {
    const input = mint(es256).split(".").slice(0, 2).join(".")
    for (const bytes of [Buffer.alloc(64), Buffer.alloc(72), Buffer.from("3006020101020101", "hex")]) {
      expect(await verdict(verifier, `${input}.${encode(bytes)}`)).toEqual({ _tag: "SignatureMismatch" })
    }
    expect(await verdict(verifier, `${input}.${signatureOf(es256, input)}`)).toBe("accepted")
  })
})
