import { jwks } from "@bearerkit/core"
import { createPublicKey, createSecretKey } from "node:crypto"
import { describe, expect, it } from "vitest"
import {
  audience,
  encode,
  everyAlgorithm,
  goodClaims,
  issuer,
  makeSigner,
  mint,
  type Minting,
  nowSeconds,
  type Signer,
} from "../../core/test/verify/mint.ts"
import type { BearerAuthOptions } from "../src/index.ts"
import { bearer, doorFor, url } from "./door.ts"

const doorOf = (signer: Signer, more: Partial<BearerAuthOptions> = {}) =>
  doorFor({ issuer, audience, keys: signer.keys, algorithms: [signer.alg], ...more } as BearerAuthOptions)

const rs256 = makeSigner("RS256")
const es256 = makeSigner("ES256")
const hs256 = makeSigner("HS256")
const evil = makeSigner("RS256", "RS256-1")
const publicDoor = doorFor({ issuer, audience, keys: jwks({ keys: [...rs256.published, ...es256.published] }) })
const secretDoor = doorOf(hs256)
const doors = [
  [rs256, publicDoor],
  [hs256, secretDoor],
] as const

/** Refused whatever it is signed with, and for this. */
const expectRefused = async (minting: Minting, verdict: string) => {
  for (const [signer, { knock }] of doors) expect(await knock(mint(signer, minting))).toBe(verdict)
}

describe.each(everyAlgorithm)("%s", (alg) => {
  const signer = makeSigner(alg)
  const { knock } = doorOf(signer)

  it("is accepted, so that the refusals below mean something", async () => {
    expect(await knock(mint(signer))).toBe("200")
  })

  it("every manipulation of the vectors, over a payload that is claims, is refused", async () => {
    const [header = "", payload = "", signature = ""] = mint(signer).split(".")
    const bytes = Buffer.from(signature, "base64url")
    const respelled = (part: string) => (part.endsWith("A") ? `${part.slice(0, -1)}B` : `${part.slice(0, -1)}A`)
    const flipped = (at: number) => Buffer.from(bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)))
    const signatures = [
      ["", "no signature"],
      [encode(bytes.subarray(0, -1)), "a byte less"],
      [encode(Buffer.concat([bytes, Buffer.of(0)])), "a byte more"],
      [encode(Buffer.concat([Buffer.of(0), bytes])), "a zero before"],
      [encode(flipped(0)), "the first bit"],
      [encode(flipped(bytes.length - 1)), "the last bit"],
      [encode(Buffer.alloc(bytes.length)), "zeros: r = s = 0 (CVE-2022-21449)"],
      [encode(Buffer.alloc(bytes.length, 255)), "ones"],
      [`${signature}=`, "padding"],
      [`${signature}A`, "a character more"],
      [signature.replace(/^./, "$&\t"), "a tab"],
      [` ${signature}`, "a space"],
      [`${signature}!`, "a character of no alphabet"],
      [encode(Buffer.from(signature)), "base64url twice"],
    ]
    const tokens = [
      ...signatures.map(([forged, name]) => [`${header}.${payload}.${forged}`, name] as const),
      [`${header}.${respelled(payload)}.${signature}`, "another payload"],
      [`${respelled(header)}.${payload}.${signature}`, "another header"],
      [`${header}.${encode(JSON.stringify({ ...goodClaims(), sub: "mallory" }))}.${signature}`, "other claims"],
      [`${header}.${payload}`, "two parts"],
      [`.${payload}.${signature}`, "no header"],
      [`${header}..${signature}`, "no payload: detached"],
      [`${header}.${payload}.${signature}.`, "four parts"],
      [`${header}.${payload}.${signature}.AAAA.AAAA`, "five parts"],
      [`${payload}.${header}.${signature}`, "parts in another order"],
    ] as const
    for (const [token, name] of tokens) expect([name, (await knock(token)).slice(0, 2)]).toEqual([name, "40"])
  })

  it("with unused bits, a form that all verifiers measured accept, is refused", async () => {
    const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    const parts = mint(signer, { claims: { pad: "xx" } }).split(".")
    for (const [index, part] of parts.entries()) {
      const last = alphabet.indexOf(part.at(-1) ?? "")
      const others = [1, 2, 3, 4, 8, 15].map((bits) => part.slice(0, -1) + alphabet.charAt(last ^ bits))
      for (const other of others.filter((other) =>
        Buffer.from(other, "base64url").equals(Buffer.from(part, "base64url")),
      ))
        expect(await knock(parts.with(index, other).join("."))).toBe("401 malformed_token")
    }
  })
})

describe("algorithm none and confusion", () => {
  it.each(["none", "None", "NONE", "nOnE", "", "HS256", "RS1", "__proto__"])("alg %j", async (alg) => {
    const [, payload, signature] = mint(rs256).split(".")
    const header = encode(JSON.stringify({ alg, typ: "at+jwt", kid: rs256.kid }))
    expect(await publicDoor.knock(`${header}.${payload}.${signature}`)).toBe("401 algorithm_not_allowed")
    expect(await publicDoor.knock(`${header}.${payload}.`)).toBe("401 malformed_token")
  })

  const key = createPublicKey(rs256.privateKey)
  const forms: ReadonlyArray<readonly [string, string | Buffer]> = [
    ["PEM (SPKI)", key.export({ type: "spki", format: "pem" })],
    ["PEM without its last line end", String(key.export({ type: "spki", format: "pem" })).trim()],
    ["PEM (PKCS#1)", key.export({ type: "pkcs1", format: "pem" })],
    ["DER (SPKI)", key.export({ type: "spki", format: "der" })],
    ["DER (PKCS#1)", key.export({ type: "pkcs1", format: "der" })],
    ["JWK", JSON.stringify(key.export({ format: "jwk" }))],
    ["JWK as published", JSON.stringify(rs256.published[0])],
    ["the modulus", Buffer.from(String(rs256.published[0]?.["n"]), "base64url")],
  ]
  it.each(forms)("the public key as the secret of an HMAC: %s", async (_, form) => {
    for (const alg of ["HS256", "HS384", "HS512"] as const) {
      const forged = { ...hs256, alg, kid: rs256.kid, privateKey: createSecretKey(Buffer.from(form)) }
      expect(await publicDoor.knock(mint(forged))).toBe("401 algorithm_not_allowed")
    }
  })
})

describe("keys that the token brings along", () => {
  const [jwk] = evil.published
  it.each([
    ["jwk", { jwk }],
    ["jku", { jku: "https://evil.example/jwks.json" }],
    ["x5u", { x5u: "https://evil.example/cert.pem" }],
    ["x5c", { x5c: ["MIIB"] }],
  ])("%s is no key", async (_, header) => {
    expect(await publicDoor.knock(mint(evil, { header }))).toBe("401 invalid_signature")
    expect(await publicDoor.knock(mint(rs256, { header }))).toBe("200")
  })
})

describe("what other parsers may read differently", () => {
  const claims = JSON.stringify(goodClaims())
  const twice = (member: string) => claims.replace("{", `{${member},`)
  it.each<[string, Minting]>([
    ["unknown crit", { header: { crit: ["urn:example:ext"], "urn:example:ext": true } }],
    ["empty crit", { header: { crit: [] } }],
    ["b64: false", { header: { crit: ["b64"], b64: false } }],
    ["b64: false without crit", { header: { b64: false } }],
    ["duplicate members", { payload: twice('"sub":"mallory"') }],
    ["duplicate members, escaped", { payload: twice(String.raw`"\u0073ub":"mallory"`) }],
    ["duplicate members inside", { payload: twice('"act":{"sub":"a","sub":"b"}') }],
    ["a deeply nested token", { payload: twice(`"x":${"[".repeat(5000)}${"]".repeat(5000)}`) }],
    ["bytes that are not UTF-8", { payload: Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]) }],
    ["a payload that is no object", { payload: "foo" }],
    ["a huge token", { claims: { x: "x".repeat(25_000) } }],
  ])("%s", (_, minting) => expectRefused(minting, "401 malformed_token"))

  it("duplicate members in the header", async () => {
    const [, payload] = mint(hs256).split(".")
    const header = encode(`{"alg":"none","alg":"HS256","typ":"at+jwt"}`)
    expect(await secretDoor.knock(`${header}.${payload}.AAAA`)).toBe("401 malformed_token")
  })

  it("a five-part token", async () => {
    expect(await publicDoor.knock("eyJhbGciOiJkaXIifQ.a.b.c.d")).toBe("401 malformed_token")
  })
})

describe("another kind of token", () => {
  it.each(["JWT", "logout+jwt", "dpop+jwt", "secevent+jwt", "application/secevent+jwt", "oauth-authz-req+jwt"])(
    "typ %s",
    (typ) => expectRefused({ header: { typ } }, "401 type_not_allowed"),
  )

  it("an ID token, also where tokens of type JWT are taken: it is for the client", async () => {
    const idToken = { header: { typ: "JWT" }, claims: { aud: "shop", client_id: undefined, nonce: "n", azp: "shop" } }
    await expectRefused(idToken, "401 type_not_allowed")
    const { knock } = doorOf(hs256, { profile: "compatible" })
    expect(await knock(mint(hs256, idToken))).toBe("401 claim_mismatch")
  })

  it("a logout token without a type of its own, where tokens of type JWT are taken", async () => {
    const { knock } = doorOf(hs256, { profile: "compatible" })
    const events = { "http://schemas.openid.net/event/backchannel-logout": {} }
    expect(await knock(mint(hs256, { header: { typ: "JWT" }, claims: { events } }))).toBe("401 type_not_allowed")
  })

  it.each(["at+jwt", "AT+JWT", "application/at+jwt"])("typ %s is the right one", async (typ) => {
    for (const [signer, { knock }] of doors) expect(await knock(mint(signer, { header: { typ } }))).toBe("200")
  })
})

describe("times and claims", () => {
  it.each(['"9999999999"', "1e400", "null", "[9999999999]", "true", '"never"'])("exp %s", async (time) => {
    const payload = JSON.stringify({ ...goodClaims(), exp: 0 }).replace('"exp":0', `"exp":${time}`)
    await expectRefused({ payload }, "401 claim_mismatch")
  })

  it.each(["exp", "iss", "aud", "sub", "client_id", "iat", "jti"])("without %s", (claim) =>
    expectRefused({ claims: { [claim]: undefined } }, "401 claim_mismatch"),
  )

  it.each([
    ["expired", { exp: nowSeconds() - 10 }, "401 token_expired"],
    ["not yet valid", { nbf: nowSeconds() + 100 }, "401 token_not_yet_valid"],
    ["issued in the future", { iat: nowSeconds() + 100 }, "401 token_not_yet_valid"],
    ["of another issuer", { iss: "https://issuer.example/" }, "401 claim_mismatch"],
    ["for another API", { aud: ["https://api.example/"] }, "401 claim_mismatch"],
  ])("%s", (_, claims, verdict) => expectRefused({ claims }, verdict))
})

describe("a token that is bound to its sender", () => {
  it.each([
    ["a DPoP key", { jkt: "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I" }],
    ["a certificate", { "x5t#S256": "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0" }],
    ["a key that is in the token", { jwk: { kty: "EC" } }],
    ["a key by its name", { kid: "key-1" }],
    ["something that nobody knows yet", { new: 1 }],
  ])("%s is refused as a bearer token", (_, cnf) => expectRefused({ claims: { cnf } }, "401 sender_mismatch"))

  it.each([
    ["a key of the wrong type", { jkt: 1 }],
    ["something that is no object", "text"],
  ])("%s is refused too", (_, cnf) => expectRefused({ claims: { cnf } }, "401 claim_mismatch"))

  it("by nothing is let in", async () => {
    for (const [signer, { knock }] of doors) expect(await knock(mint(signer, { claims: { cnf: {} } }))).toBe("200")
  })
})

describe("what an attacker may hope to read", () => {
  it("is the same for every bad token but an expired one", async () => {
    const tokens = [
      mint(evil),
      mint(hs256),
      mint(rs256, { claims: { aud: "x" } }),
      "x",
      mint(rs256, { header: { kid: "x" } }),
    ]
    const bodies = tokens.map(async (token) => (await publicDoor.app.request(url, bearer(token))).text())
    expect(new Set(await Promise.all(bodies)).size).toBe(1)
  })
})
