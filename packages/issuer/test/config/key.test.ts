import { generateKeyPairSync } from "node:crypto"

import { describe, expect, test } from "vitest"

import { refusal } from "../support/refusal.ts"

const ec = generateKeyPairSync("ec", { namedCurve: "P-256" })
const publicJwk = ec.publicKey.export({ format: "jwk" })
const privateJwk = ec.privateKey.export({ format: "jwk" })
const long = generateKeyPairSync("rsa", { modulusLength: 2048 })
const short = generateKeyPairSync("rsa", { modulusLength: 1024 })
const shortPem = short.publicKey.export({ type: "spki", format: "pem" })

const clients = [{ id: "a", grants: ["jwt-bearer"] }]

const expectRefusal = async (config: unknown, field: string, fix: RegExp): Promise<void> => {
  const error = await refusal(config)
  expect(error.field).toBe(field)
  expect(error.message).toMatch(fix)
  expect(error.message).not.toContain("hush")
}

describe("a public key that cannot be used is refused by its path, of a client and of an assertion issuer", () => {
  test.each<[string, object, RegExp]>([
    ["", { kty: "RSA" }, /is not a usable RSA key; it needs n, e of one key/],
    ["", { kty: "EC", crv: "P-256", x: "AA", y: "AA" }, /is not a usable EC key; it needs crv, x, y of one key/],
    ["", { ...publicJwk, crv: "P-384" }, /is not a usable EC key/],
    ["", { kty: "OKP", crv: "Ed25519", x: "hush" }, /is not a usable OKP key; it needs crv, x of one key/],
    ["", { kty: "RSA", n: "AA", e: "AQAB" }, /0 bits.*at least 2048 \(RFC 7518 §3.3\)/],
    ["", short.publicKey.export({ format: "jwk" }), /1024 bits/],
    ["", { ...long.publicKey.export({ format: "jwk" }), p: "hush" }, /private key.*public one only/],
    [".kty", { kty: "oct" }, /must be one of RSA, EC, OKP/],
    [".kty", { ...publicJwk, kty: "ec" }, /must be one of RSA, EC, OKP/],
    [".alg", { ...publicJwk, alg: 7 }, /must be a text/],
    [".use", { ...publicJwk, use: "" }, /must be a text/],
    [".x5c", { ...publicJwk, x5c: "AA" }, /must be a list/],
  ])("jwks.keys[1]%s %j", async (member, key, fix) => {
    const jwks = { keys: [publicJwk, key] }
    const path = `jwks.keys[1]${member}`
    await expectRefusal({ clients: [{ ...clients[0], jwks }] }, `clients[0].${path}`, fix)
    const trustedAssertionIssuers = [{ issuer: "x", jwks }]
    await expectRefusal({ clients, trustedAssertionIssuers }, `trustedAssertionIssuers[0].${path}`, fix)
  })

  test("as PEM", () =>
    expectRefusal({ clients: [{ ...clients[0], publicKey: shortPem }] }, "clients[0].publicKey", /1024 bits/))
})

describe("a signing key that cannot be used is refused by its path", () => {
  test.each<[string, ReadonlyArray<object>, RegExp]>([
    ["jwks.keys[0]", [{ kty: "RSA", d: "hush" }], /is not a usable RSA key; it needs n, e, d, p, q, dp, dq, qi/],
    ["jwks.keys[0]", [short.privateKey.export({ format: "jwk" })], /1024 bits.*at least 2048/],
    ["jwks.keys[1].kid", [privateJwk, { ...privateJwk, kid: 7 }], /must be a text/],
  ])("%s", (field, keys, fix) => expectRefusal({ clients, jwks: { keys } }, field, fix))
})
