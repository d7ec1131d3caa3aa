import * as Result from "effect/Result"
import { generateKeyPairSync } from "node:crypto"
import { describe, expect, test } from "vitest"
import type { Algorithm } from "../../src/jws/algorithm.ts"
import { fits, parsePublishedKey } from "../../src/jws/jwk.ts"

const published = ({ publicKey }: ReturnType<typeof generateKeyPairSync>) => publicKey.export({ format: "jwk" })
const rsa = published(generateKeyPairSync("rsa", { modulusLength: 2048 }))
const p256 = published(generateKeyPairSync("ec", { namedCurve: "P-256" }))
const p521 = published(generateKeyPairSync("ec", { namedCurve: "P-521" }))
const ed25519 = published(generateKeyPairSync("ed25519"))

const bytes = (length: number, first = 1): string => Buffer.alloc(length, 1).fill(first, 0, 1).toString("base64url")
const parsed = (json: unknown) => Result.getOrThrow(parsePublishedKey(json))
/** An RSA key that is right in all but its exponent. */
const exponent = (hex: string) => ({ ...rsa, e: Buffer.from(hex, "hex").toString("base64url") })

describe("a published key", () => {
  test.each([rsa, p256, p521, ed25519])("is kept with its public members and its owner's words: %o", (jwk) => {
    const about = { kid: "1", alg: "any", use: "sig", key_ops: ["verify"] }
    const key = parsed({
      ...jwk,
      ...about,
      d: "private",
      p: "private",
      x5c: ["private"],
      __proto__: { n: "inherited" },
    })
    expect(key).toEqual({ jwk, kid: "1", alg: "any", use: "sig", keyOps: ["verify"] })
  })

  test.each([
    ["with the least exponent", exponent("03")],
    ["with the greatest exponent", exponent("ffffffff")],
    ["of 8192 bits", { ...rsa, n: bytes(1024, 0x80) }],
  ])("may be one %s", (_, json) => {
    expect(Result.isSuccess(parsePublishedKey(json))).toBe(true)
  })

  const notOdd = "is not an odd number from 3 to 2^32"
  test.each<[string, unknown, string, string]>([
    ["no object", null, "key", "is not a JSON object"],
    ["a list", [rsa], "key", "is not a JSON object"],
    ["a text", "rsa", "key", "is not a JSON object"],
    ...["kty", "kid", "alg", "use", "crv", "n", "e", "x", "y"].map((name): [string, unknown, string, string] => [
      `one whose ${name} is no text`,
      { ...rsa, [name]: 7 },
      name,
      "is not a string",
    ]),
    ["one whose key_ops is a text", { ...rsa, key_ops: "verify" }, "key_ops", "is not a list"],
    ["one without a type", { ...rsa, kty: undefined }, "kty", "is not a string"],
    ["one of an inherited type", Object.create(rsa), "kty", "is missing or not one that is known"],
    ["one of another type", { ...rsa, kty: "rsa" }, "kty", "is missing or not one that is known"],
    ["a secret", { kty: "oct", k: "c2VjcmV0" }, "kty", "is oct: pass it with secret()"],
    ["RSA without n", { kty: "RSA", e: "AQAB" }, "n, e", "are not both canonical base64url"],
    ["RSA without e", { kty: "RSA", n: rsa.n }, "n, e", "are not both canonical base64url"],
    ["RSA with padding", { ...rsa, n: `${rsa.n}==` }, "n, e", "are not both canonical base64url"],
    [
      "RSA of 2047 bits",
      { ...rsa, n: bytes(256, 0x7f) },
      "n",
      "has 2047 bits: RSA keys need 2048 to 8192 (RFC 7518 §3.3)",
    ],
    ["RSA of 8193 bits", { ...rsa, n: bytes(1025) }, "n", "has 8193 bits: RSA keys need 2048 to 8192 (RFC 7518 §3.3)"],
    ["RSA of endless bits", { ...rsa, n: bytes(100_000) }, "n, e", "are not both canonical base64url"],
    ["RSA with e = 0", exponent("00"), "e", notOdd],
    ["RSA with e = 1", exponent("01"), "e", notOdd],
    ["RSA with an even e", exponent("010000"), "e", notOdd],
    ["RSA with e above 2^32", exponent("0100000001"), "e", notOdd],
    ["EC on no curve", { ...p256, crv: undefined }, "crv", "is not a string"],
    ["EC on an unknown curve", { ...p256, crv: "secp256k1" }, "crv", "is not one that is known"],
    ["EC on an inherited curve", { ...p256, crv: "toString" }, "crv", "is not one that is known"],
    ["EC on the curve of OKP", { ...ed25519, kty: "EC", y: ed25519.x }, "crv", "is not one that is known"],
    ["OKP on a curve of EC", { ...p256, kty: "OKP" }, "crv", "is not one that is known"],
    ["EC with a short x", { ...p256, x: bytes(31) }, "x", "is not 32 bytes in base64url"],
    ["EC with a long y", { ...p521, y: bytes(67) }, "y", "is not 66 bytes in base64url"],
    ["EC without y", { kty: "EC", crv: "P-256", x: p256.x }, "y", "is not 32 bytes in base64url"],
    ["OKP without x", { kty: "OKP", crv: "Ed25519" }, "x", "is not 32 bytes in base64url"],
  ])("is not %s", (_, json, field, problem) => {
    expect(parsePublishedKey(json)).toEqual(Result.fail({ field, problem }))
  })
})

describe("a key fits an algorithm", () => {
  test.each<[object, Algorithm, boolean]>([
    [rsa, "RS256", true],
    [rsa, "PS512", true],
    [rsa, "ES256", false],
    [rsa, "HS256", false],
    [p256, "ES256", true],
    [p256, "ES384", false],
    [p256, "RS256", false],
    [p521, "ES512", true],
    [ed25519, "EdDSA", true],
    [ed25519, "ES256", false],
    [{ ...ed25519, alg: "Ed25519" }, "EdDSA", true],
    [{ ...rsa, alg: "RS256" }, "RS256", true],
    [{ ...rsa, alg: "RS256" }, "PS256", false],
    [{ ...rsa, use: "enc" }, "RS256", false],
    [{ ...rsa, use: "sig" }, "RS256", true],
    [{ ...rsa, key_ops: ["verify", "encrypt"] }, "RS256", true],
    [{ ...rsa, key_ops: ["encrypt"] }, "RS256", false],
    [{ ...rsa, key_ops: [] }, "RS256", false],
  ])("%o, %s: %s", (json, algorithm, whether) => {
    expect(fits(parsed(json), algorithm)).toBe(whether)
  })
})
