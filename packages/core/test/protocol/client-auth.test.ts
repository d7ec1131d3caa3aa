import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { decodeJwt, decodeProtectedHeader, exportJWK, exportPKCS8, generateKeyPair, jwtVerify } from "jose"
import {
  type ClientAuth,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  none,
  privateKeyJwt,
} from "../../src/protocol/client-auth.ts"
import { reasonOf } from "../support/reason.ts"

const request = { issuer: "https://issuer.example", clientId: "me", tokenEndpoint: "https://issuer.example/token" }
const assertionOf = (auth: ClientAuth) =>
  Effect.map(auth(request), ({ params }) => params.find(([name]) => name === "client_assertion")?.[1] ?? "")

describe("client authentication", () => {
  it.effect("none names the client", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* none()(request), { headers: {}, params: [["client_id", "me"]] })
    }),
  )

  it.effect("client_secret_basic form-encodes both parts first (RFC 6749 §2.3.1)", () =>
    Effect.gen(function* () {
      const { headers, params } = yield* clientSecretBasic("p:a s+s%ü")({ ...request, clientId: "urn:me" })
      assert.strictEqual(atob(headers["authorization"]?.slice("Basic ".length) ?? ""), "urn%3Ame:p%3Aa+s%2Bs%25%C3%BC")
      assert.deepStrictEqual(params, [])
    }),
  )

  it.effect("client_secret_post puts both into the body", () =>
    Effect.gen(function* () {
      const { params } = yield* clientSecretPost(Redacted.make("secret"))(request)
      assert.deepStrictEqual(params, [
        ["client_id", "me"],
        ["client_secret", "secret"],
      ])
    }),
  )

  it.effect("an assertion is for the issuer alone, short-lived, and never the same twice (RFC 7523, RFC 10070)", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_800_000_000_000)
      const { privateKey, publicKey } = yield* Effect.promise(() => generateKeyPair("ES256", { extractable: true }))
      const auth = privateKeyJwt(privateKey, { keyId: "k1" })
      const one = yield* assertionOf(auth)
      const two = yield* assertionOf(auth)
      const currentDate = new Date(1_800_000_000_000)
      const { payload } = yield* Effect.promise(() => jwtVerify(one, publicKey, { currentDate }))
      const { jti, ...claims } = payload
      const times = { iat: 1_800_000_000, exp: 1_800_000_060 }
      assert.deepStrictEqual(claims, { iss: "me", sub: "me", aud: "https://issuer.example", ...times })
      assert.deepStrictEqual(decodeProtectedHeader(one), { alg: "ES256", typ: "client-authentication+jwt", kid: "k1" })
      assert.notStrictEqual(jti, decodeJwt(two).jti)
    }),
  )

  it.effect("an assertion is for the token endpoint only where the unsafe option asks for it", () =>
    Effect.gen(function* () {
      const auth = clientSecretJwt("a secret of at least 32 bytes, that is", { unsafeTokenEndpointAudience: true })
      assert.strictEqual(decodeJwt(yield* assertionOf(auth)).aud, request.tokenEndpoint)
    }),
  )

  it.effect("a secret of 3 bytes is refused with the number that it needs", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(clientSecretJwt("abc")(request))
      const problem = "has 3 bytes, and HS256 needs at least 32 (RFC 7518 §3.2)"
      assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "clientSecret", problem })
      assert.include(error.message, "Use a longer one")
      assert.notInclude(error.message, "abc")
    }),
  )

  it.effect("a key that is none, public, or of another algorithm is refused without a character of it", () =>
    Effect.gen(function* () {
      const pair = yield* Effect.promise(() => generateKeyPair("ES256", { extractable: true }))
      const pem = yield* Effect.promise(() => exportPKCS8(pair.privateKey))
      const keys: ReadonlyArray<Parameters<typeof privateKeyJwt>> = [
        ["-----BEGIN NONSENSE-----"],
        ["-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"],
        [pem, { algorithm: "RS256" }],
        [pem, { algorithm: "none" }],
        [pem, { algorithm: "HS256" }],
        [{ kty: "EC", crv: "P-256", x: "AAAA", y: "AAAA" }],
        [{ kty: "oct", k: "c2VjcmV0" }],
      ]
      for (const args of keys) {
        const reason = yield* reasonOf(privateKeyJwt(...args)(request))
        assert.strictEqual(reason._tag, "InvalidOptions", JSON.stringify(args))
        assert.notInclude(JSON.stringify(reason), pem.slice(30, 60))
      }
    }),
  )

  for (const algorithm of ["RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"]) {
    it.effect(`a key for ${algorithm} tells its algorithm, as PEM, JWK and CryptoKey`, () =>
      Effect.gen(function* () {
        const { privateKey } = yield* Effect.promise(() => generateKeyPair(algorithm, { extractable: true }))
        const pem = yield* Effect.promise(() => exportPKCS8(privateKey))
        const jwk = yield* Effect.promise(() => exportJWK(privateKey))
        const plain = algorithm.startsWith("PS") ? "RS256" : algorithm
        for (const [key, expected] of [
          [pem, plain],
          [Redacted.make(pem), plain],
          [jwk, plain],
          [privateKey, algorithm],
        ] as const) {
          assert.strictEqual(decodeProtectedHeader(yield* assertionOf(privateKeyJwt(key))).alg, expected)
        }
      }),
    )
  }
})
