import { createPublicKey } from "node:crypto"
import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import type { VerifyReason } from "../../src/errors/verify-error.ts"
import type { DpopVerifierOptions } from "../../src/verify/dpop-options.ts"
import type { DpopRequest } from "../../src/verify/dpop-proof.ts"
import { encode, everyAlgorithm, makeSigner, signatureOf } from "./mint.ts"
import {
  accessToken,
  boundTo,
  law,
  now,
  prove,
  type Proving,
  publicJwk,
  refused,
  request,
  verdict,
  verifying,
} from "./prove.ts"

const es256 = makeSigner("ES256")
const stranger = makeSigner("ES256")
const asymmetric = everyAlgorithm.filter((alg) => !alg.startsWith("HS"))

describe("a proof is accepted", () => {
  for (const alg of asymmetric) {
    law(`that is signed with ${alg}, where that is on the list, and not where it is not`, () =>
      Effect.gen(function* () {
        const signer = makeSigner(alg)
        assert.strictEqual(yield* verdict(yield* verifying({ algorithms: [alg] }), request(signer)), "accepted")
        const others = asymmetric.filter((each) => each !== alg)
        const reason = yield* verdict(yield* verifying({ algorithms: others }), request(signer))
        assert.deepStrictEqual(reason, refused(`is not signed with one of ${others.join(", ")}`))
      }),
    )
  }

  law("that is signed with ES256, EdDSA or Ed25519, when nothing is said", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      assert.deepStrictEqual(verifier.algorithms, ["ES256", "EdDSA"])
      const edwards = makeSigner("EdDSA")
      const proof = prove(edwards, { header: { alg: "Ed25519" } })
      for (const each of [request(es256), request(edwards), request(edwards, { proof })]) {
        assert.strictEqual(yield* verdict(verifier, each), "accepted")
      }
    }),
  )

  const urls: ReadonlyArray<readonly [name: string, htu: string, url: string, options?: Partial<DpopVerifierOptions>]> =
    [
      ["whatever the host that the request came to", "https://api.example/orders", "http://10.0.0.7:8080/orders?a=1#b"],
      ["for a path alone", "https://api.example/orders", "/orders?a=1"],
      ["for the root", "https://api.example/", "/"],
      ["for the root without its slash", "https://api.example", "/"],
      ["with the default port", "https://api.example:443/orders", "/orders"],
      ["in capitals", "HTTPS://API.EXAMPLE/orders", "/orders"],
      ["with dots in the path", "https://api.example/a/../orders", "/./orders"],
      ["with octets encoded for no reason", "https://api.example/%6frders/%7e%c3%a9", "/orders/~%C3%A9"],
      ["with two slashes", "https://api.example//evil.example/x", "//evil.example/x"],
      [
        "behind a proxy that takes a prefix away",
        "https://api.example/v1/orders",
        "/orders",
        { publicUrl: "https://api.example/v1/" },
      ],
    ]
  for (const [name, htu, url, options] of urls) {
    law(`for this URL, ${name}`, () =>
      Effect.gen(function* () {
        const proof = prove(es256, { claims: { htu } })
        assert.strictEqual(yield* verdict(yield* verifying(options), request(es256, { proof, url })), "accepted")
      }),
    )
  }

  law("with members that nobody here knows", () =>
    Effect.gen(function* () {
      const proof = prove(es256, { claims: { exp: 1, sub: "x", extra: [1] }, header: { kid: "a", x5t: "b" } })
      const principal = boundTo(es256, { ...(boundTo(es256).claims["cnf"] as object), "x5t#S256": "unknown here" })
      assert.strictEqual(yield* verdict(yield* verifying(), request(es256, { proof, principal })), "accepted")
    }),
  )

  law("in the window of time, and not outside", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying({ maxAge: "60 seconds", clockTolerance: "10 seconds" })
      const verdicts: ReadonlyArray<readonly [iat: number, expected: VerifyReason | "accepted"]> = [
        [now - 70, "accepted"],
        [now - 71, refused("is 71 s old")],
        [now - 30.5, "accepted"],
        [now + 10, "accepted"],
        [now + 11, refused("is from the future, by 11 s")],
        [1e300, refused(`is from the future, by ${1e300} s`)],
      ]
      for (const [iat, expected] of verdicts) {
        const proof = prove(es256, { claims: { iat } })
        assert.deepStrictEqual(yield* verdict(verifier, request(es256, { proof })), expected)
      }
    }),
  )
})

describe("a proof is refused", () => {
  const other = (proving: Proving): Partial<DpopRequest> => ({ proof: prove(es256, proving) })
  const pem = String(createPublicKey(es256.privateKey).export({ type: "spki", format: "pem" }))
  const rsa = makeSigner("RS256")

  const cases: ReadonlyArray<readonly [name: string, request: () => Partial<DpopRequest>, problem: string | RegExp]> = [
    ["that is not there", () => ({ proof: null }), "is missing"],
    ["that is empty", () => ({ proof: "" }), "is missing"],
    ["that is there twice", () => ({ proof: `${prove(es256)}, ${prove(es256)}` }), "is there more than once"],
    [
      "that is there twice, without a space",
      () => ({ proof: `${prove(es256)},${prove(es256)}` }),
      "is there more than once",
    ],
    ["that is too long", () => other({ claims: { pad: "x".repeat(9000) } }), "is longer than 8192 characters"],
    ["that is no JWS", () => ({ proof: "a.b" }), /three non-empty parts/],
    ["that is encrypted", () => ({ proof: "a.b.c.d.e" }), /encrypted/],
    ["that has a space before it", () => ({ proof: ` ${prove(es256)}` }), /canonical base64url/],
    ["of type JWT", () => other({ header: { typ: "JWT" } }), "is not of the type dpop+jwt"],
    ["of no type", () => other({ header: { typ: undefined } }), "is not of the type dpop+jwt"],
    ["that is an access token", () => other({ header: { typ: "at+jwt" } }), "is not of the type dpop+jwt"],
    ["with an unknown critical member", () => other({ header: { crit: ["b64"], b64: false } }), /crit/],
    ["that names a member twice", () => other({ payload: '{"htm":"GET","htm":"POST"}' }), /twice/],
    ["whose payload is a list", () => other({ payload: "[]" }), /not a JSON object/],
    ["without jti", () => other({ claims: { jti: undefined } }), /no jti/],
    ["with an empty jti", () => other({ claims: { jti: "" } }), /no jti/],
    ["with a number as jti", () => other({ claims: { jti: 1 } }), /claim jti that is not a string/],
    ["with a jti to fill the store", () => other({ claims: { jti: "x".repeat(257) } }), /no jti of 1 to 256/],
    ["without iat", () => other({ claims: { iat: undefined } }), "has no iat"],
    ["with text as iat", () => other({ claims: { iat: String(now) } }), /iat that is not a finite number/],
    [
      "with an iat beyond numbers",
      () => other({ payload: '{"jti":"1","iat":1e999}' }),
      /iat that is not a finite number/,
    ],
    ["for another method", () => other({ claims: { htm: "POST" } }), "is for another method (htm)"],
    ["for the method in small letters", () => other({ claims: { htm: "get" } }), "is for another method (htm)"],
    ["without htm", () => other({ claims: { htm: undefined } }), "is for another method (htm)"],
    ["without ath", () => other({ claims: { ath: undefined } }), "is for another access token (ath)"],
    [
      "for another token",
      () => ({ accessToken: Redacted.make(`${accessToken}2`) }),
      "is for another access token (ath)",
    ],
    [
      "with the token itself as ath",
      () => other({ claims: { ath: accessToken } }),
      "is for another access token (ath)",
    ],
    ["with a number as nonce", () => other({ claims: { nonce: 1 } }), "has a nonce that is not text"],
    ["without jwk", () => other({ header: { jwk: undefined } }), /jwk whose key is not a JSON object/],
    ["with a jwk that is text", () => other({ header: { jwk: pem } }), /jwk whose key is not a JSON object/],
    [
      "with a private key",
      () => other({ header: { jwk: es256.privateKey.export({ format: "jwk" }) } }),
      "has a jwk with a private member",
    ],
    [
      "with an empty private member",
      () => other({ header: { jwk: { ...publicJwk(es256), d: null } } }),
      "has a jwk with a private member",
    ],
    ["with a secret as jwk", () => other({ header: { jwk: { kty: "oct", k: encode("secret") } } }), /kty is oct/],
    [
      "with a key of another type",
      () => other({ header: { jwk: publicJwk(rsa) } }),
      "has a jwk that does not fit its alg",
    ],
    [
      "with a key of another curve",
      () => other({ header: { jwk: publicJwk(makeSigner("ES384")) } }),
      "has a jwk that does not fit its alg",
    ],
    [
      "with a key for encryption",
      () => other({ header: { jwk: { ...publicJwk(es256), use: "enc" } } }),
      "has a jwk that does not fit its alg",
    ],
    [
      "with a point that is on no curve",
      () => other({ header: { jwk: { ...publicJwk(es256), y: publicJwk(es256)["x"] } } }),
      "has a jwk that is no key",
    ],
    [
      "with a coordinate that is padded",
      () => other({ header: { jwk: { ...publicJwk(es256), x: `${publicJwk(es256)["x"]}=` } } }),
      /x is not 32 bytes/,
    ],
    [
      "with the key of another",
      () => other({ header: { jwk: publicJwk(stranger) } }),
      "has a signature that does not match its key",
    ],
    [
      "with the key by address only",
      () => other({ header: { jwk: undefined, jku: "https://evil.example/jwks" } }),
      /jwk whose key/,
    ],
  ]
  for (const [name, made, problem] of cases) {
    law(name, () =>
      Effect.gen(function* () {
        const reason = yield* verdict(yield* verifying(), request(es256, made()))
        assert.isTrue(typeof reason === "object" && reason._tag === "ProofRefused", JSON.stringify(reason))
        const actual = typeof reason === "object" && "problem" in reason ? reason.problem : ""
        if (typeof problem === "string") assert.strictEqual(actual, problem)
        else assert.match(actual, problem)
      }),
    )
  }

  for (const htu of [
    "https://api.example/orders/",
    "https://api.example/orders?page=2",
    "https://api.example/orders?",
    "https://api.example/orders#top",
    "https://api.example/Orders",
    "https://api.example/%2Forders",
    "https://api.example:8443/orders",
    "http://api.example/orders",
    "https://api.example.evil.test/orders",
    "https://user@api.example/orders",
    "https://api.example\\orders",
    "http://10.0.0.7:8080/orders",
    "/orders",
    "",
    null,
    ["https://api.example/orders"],
  ]) {
    law(`for the URL ${JSON.stringify(htu)}`, () =>
      Effect.gen(function* () {
        const reason = yield* verdict(yield* verifying(), request(es256, other({ claims: { htu } })))
        assert.deepStrictEqual(reason, refused("is for another URL (htu)"))
      }),
    )
  }

  for (const alg of ["none", "None", "HS256", "HS384", "ES256K", "RS256", "__proto__", ""]) {
    law(`that calls its algorithm ${JSON.stringify(alg)}`, () =>
      Effect.gen(function* () {
        const reason = yield* verdict(yield* verifying(), request(es256, other({ header: { alg } })))
        assert.deepStrictEqual(reason, refused("is not signed with one of ES256, EdDSA"))
      }),
    )
  }

  law("whose key is the secret of an HMAC", () =>
    Effect.gen(function* () {
      const header = encode(JSON.stringify({ typ: "dpop+jwt", alg: "HS256", jwk: publicJwk(es256) }))
      const [, payload] = prove(es256).split(".")
      const proof = `${header}.${payload}.${signatureOf(makeSigner("HS256"), `${header}.${payload}`)}`
      const reason = yield* verdict(yield* verifying(), request(es256, { proof }))
      assert.deepStrictEqual(reason, refused("is not signed with one of ES256, EdDSA"))
    }),
  )

  law("whose signature has any one bit wrong, is short, long, zero or in DER", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      const [header, payload, signature = ""] = prove(es256).split(".")
      const bytes = Buffer.from(signature, "base64url")
      const der = Buffer.concat([
        Buffer.from([0x30, 68, 2, 32]),
        bytes.subarray(0, 32),
        Buffer.from([2, 32]),
        bytes.subarray(32),
      ])
      const flipped = Array.from({ length: 64 }, (_, at) =>
        bytes.map((byte, index) => (index === at ? byte ^ 1 : byte)),
      )
      const wrong = [...flipped, bytes.subarray(1), Buffer.concat([bytes, Buffer.alloc(1)]), Buffer.alloc(64), der]
      for (const each of wrong) {
        const proof = `${header}.${payload}.${encode(each)}`
        const reason = yield* verdict(verifier, request(es256, { proof }))
        assert.deepStrictEqual(reason, refused("has a signature that does not match its key"))
      }
    }),
  )

  law("whose characters are changed anywhere", () =>
    Effect.gen(function* () {
      const verifier = yield* verifying()
      const proof = prove(es256)
      const changes = fc.sample(fc.tuple(fc.nat(proof.length - 1), fc.constantFrom(..."AZaz09-_.=+ ")), {
        numRuns: 200,
        seed: 7,
      })
      for (const [at, character] of changes) {
        const changed = proof.slice(0, at) + character + proof.slice(at + 1)
        if (changed === proof) continue
        assert.notStrictEqual(yield* verdict(verifier, request(es256, { proof: changed })), "accepted", `${at}`)
      }
    }),
  )
})
