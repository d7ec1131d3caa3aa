import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { createPublicKey } from "node:crypto"
import { describe, expect, test } from "vitest"
import type { Algorithm } from "../../src/jws/algorithm.ts"
import { makeVerifier } from "../../src/verify/access-token.ts"
import { jwks } from "../../src/verify/jwks.ts"
import { secret } from "../../src/verify/secret.ts"
import type { VerifierOptions } from "../../src/verify/verifier-options.ts"
import { audience, issuer, makeSigner, sharedSecret } from "./mint.ts"

const rs256 = makeSigner("RS256")
const es256 = makeSigner("ES256")

describe("options that are not safe are told before any token", () => {
  const rsa = rs256.published[0]
  const weak = { kty: "RSA", n: Buffer.alloc(128, 0xff).toString("base64url"), e: "AQAB" }
  const base = { issuer, audience, keys: secret(sharedSecret) }
  test.each<readonly [string, Partial<VerifierOptions>, string]>([
    ["no issuer", { issuer: "" }, "The option issuer must be a non-empty string."],
    ["no audience", { audience: [] }, "The option audience must name at least one audience."],
    ["an empty audience", { audience: "" }, "The option audience must name at least one audience."],
    ["audience not set", { audience: undefined as never }, "The option audience must name at least one audience."],
    ["keys not set", { keys: undefined as never }, "The option keys must be issuerKeys(), jwks(set) or secret(value)."],
    ["a secret not set", { keys: secret(undefined as never) }, "The option secret must be text or bytes."],
    ["a number as secret", { keys: secret(64 as never) }, "The option secret must be text or bytes."],
    ["no algorithm", { algorithms: [] }, "The option algorithms must name at least one algorithm."],
    ["none", { algorithms: ["HS256", "none" as Algorithm] }, "names one that is unknown or unsafe, such as none"],
    ["a property name", { algorithms: ["toString" as Algorithm] }, "names one that is unknown"],
    ["a public key algorithm with a secret", { algorithms: ["HS256", "RS256"] }, "must all be HS256, HS384 or HS512"],
    [
      "a secret algorithm with public keys",
      { keys: jwks({ keys: [rsa!] }), algorithms: ["HS256"] },
      "anyone could sign",
    ],
    ["an unknown profile", { profile: "lax" as "strict" }, "The option profile must be strict or compatible."],
    ["endless tolerance", { clockTolerance: "Infinity" }, "clockTolerance must be a duration of at most 600 s"],
    ["tolerance that is none", { clockTolerance: "soon" as "5 seconds" }, "clockTolerance must be a duration"],
    [
      "a short secret",
      { keys: secret("abc") },
      "secret has 3 bytes and HS256 needs at least 32 (RFC 7518 §3.2): generate one with `openssl rand -base64 48`",
    ],
    [
      "a secret short for HS512",
      { keys: secret("x".repeat(63)), algorithms: ["HS512"] },
      "has 63 bytes and HS512 needs at least 64",
    ],
    ["an empty secret", { keys: secret(Redacted.make("")) }, "secret has 0 bytes"],
    ["a weak RSA key", { keys: jwks({ keys: [weak] }) }, "keys[0].n has 1024 bits: RSA keys need 2048 to 8192"],
    ["e = 1", { keys: jwks({ keys: [{ ...rsa, e: "AQ" }] }) }, "keys[0].e is not an odd number from 3"],
    ["a secret in a key set", { keys: jwks({ keys: [{ kty: "oct", k: "AAAA" }] }) }, "pass it with secret()"],
    [
      "an unknown key type",
      { keys: jwks({ keys: [{ kty: "AKP" }] }) },
      "keys[0].kty is missing or not one that is known",
    ],
    ["an empty key set", { keys: jwks({ keys: [] }) }, "The option keys have none that can check RS256"],
    [
      "a key for encryption",
      { keys: jwks({ keys: [{ ...rsa, use: "enc" }] }) },
      "The option keys have none that can check",
    ],
    [
      "keys for other algorithms",
      { keys: jwks({ keys: [rsa!] }), algorithms: ["ES256"] },
      "have none that can check ES256",
    ],
  ])("%s", async (_, options, message) => {
    const error = await Effect.runPromise(Effect.flip(makeVerifier({ ...base, ...options })))
    expect(error.reason._tag).toBe("InvalidOptions")
    expect(error.message).toContain(message)
    expect(error.message).not.toContain("abc.")
  })

  test("a key where a secret belongs, in any spelling", async () => {
    const key = rs256.privateKey
    const publicKey = createPublicKey(key)
    const spellings = [
      publicKey.export({ type: "spki", format: "pem" }),
      publicKey.export({ type: "pkcs1", format: "pem" }),
      publicKey.export({ type: "spki", format: "der" }),
      publicKey.export({ type: "pkcs1", format: "der" }),
      createPublicKey(es256.privateKey).export({ type: "spki", format: "der" }),
      JSON.stringify(publicKey.export({ format: "jwk" })),
      JSON.stringify({ keys: [publicKey.export({ format: "jwk" })] }, undefined, 2),
    ]
    for (const spelling of spellings) {
      const error = await Effect.runPromise(Effect.flip(makeVerifier({ ...base, keys: secret(spelling) })))
      expect(error.message).toContain("secret is a PEM, DER or JWK key")
    }
  })
})
