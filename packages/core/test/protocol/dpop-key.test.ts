import { inspect } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import { calculateJwkThumbprint, decodeProtectedHeader, EmbeddedJWK, jwtVerify, SignJWT } from "jose"
import type { NonceAnswer } from "../../src/protocol/dpop.ts"
import { dpopKey, generateDpopKey } from "../../src/protocol/dpop-key.ts"

const url = "https://api.example/orders?page=2#top"
const proofOf = Effect.fnUntraced(function* (accessToken?: string) {
  const key = yield* generateDpopKey()
  return yield* key.proof({
    method: "POST",
    url,
    ...(accessToken !== undefined && { accessToken: Redacted.make(accessToken) }),
  })
})
const read = (proof: string) => Effect.promise(() => jwtVerify(proof, EmbeddedJWK, { typ: "dpop+jwt" }))
const nonceOf = (proof: string) => Effect.map(read(proof), ({ payload }) => payload["nonce"])

describe("a proof", () => {
  it.live("@axa-fr keeps the query in htu: this one is for the method and the bare URL", () =>
    Effect.gen(function* () {
      const { payload, protectedHeader } = yield* read(yield* proofOf())
      assert.hasAllKeys(payload, ["jti", "htm", "htu", "iat"])
      assert.strictEqual(payload["htm"], "POST")
      assert.strictEqual(payload["htu"], "https://api.example/orders")
      assert.match(payload.jti ?? "", /^[\w-]{43}$/)
      assert.hasAllKeys(protectedHeader, ["typ", "alg", "jwk"])
    }),
  )

  it.effect("is of this very second, by the clock of the program", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(1_700_000_000_900)
      const [, payload = ""] = (yield* proofOf()).split(".")
      assert.strictEqual(JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).iat, 1_700_000_000)
    }),
  )

  it.effect("shows the public half of the key and nothing else of it", () =>
    Effect.gen(function* () {
      const { jwk = {}, alg } = decodeProtectedHeader(yield* proofOf())
      assert.strictEqual(alg, "ES256")
      assert.hasAllKeys(jwk, ["kty", "crv", "x", "y"])
    }),
  )

  it.live("names the access token it goes with (RFC 9449 §7.1: the example's own hash)", () =>
    Effect.gen(function* () {
      const token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"
      const { payload } = yield* read(yield* proofOf(token))
      assert.strictEqual(payload["ath"], "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo")
    }),
  )

  it.live("is never the same twice", () =>
    Effect.gen(function* () {
      const key = yield* generateDpopKey()
      const proof = key.proof({ method: "GET", url })
      const jtis = (yield* Effect.all([proof, proof].map((each) => Effect.flatMap(each, read)))).map(
        ({ payload }) => payload.jti,
      )
      assert.strictEqual(new Set(jtis).size, 2)
    }),
  )
})

describe("a key", () => {
  it.effect("has the thumbprint that another implementation computes", () =>
    Effect.gen(function* () {
      const key = yield* generateDpopKey()
      const { jwk = {} } = decodeProtectedHeader(yield* key.proof({ method: "GET", url }))
      assert.strictEqual(key.thumbprint, yield* Effect.promise(() => calculateJwkThumbprint(jwk)))
    }),
  )

  it.effect("@axa-fr makes one that scripts can export: this one cannot be", () =>
    Effect.gen(function* () {
      const key = yield* generateDpopKey()
      assert.notInclude(`${inspect(key, { depth: 9 })} ${JSON.stringify(key)}`, '"d"')
      const pair = yield* pairOf("P-256", true)
      const error = yield* Effect.flip(dpopKey(pair))
      assert.deepStrictEqual(error.reason, {
        _tag: "InvalidOptions",
        field: "dpop",
        problem: "has a private half that can be extracted",
      })
    }),
  )

  it.effect("that was kept is the same key", () =>
    Effect.gen(function* () {
      const pair = yield* pairOf("P-256", false)
      const [one, two] = yield* Effect.all([dpopKey(pair), dpopKey(structuredClone(pair))])
      assert.strictEqual(one.thumbprint, two.thumbprint)
      assert.deepStrictEqual(
        [one.allowsBearer, (yield* dpopKey(pair, { allowBearer: true })).allowsBearer],
        [false, true],
      )
    }),
  )

  const pairOf = (namedCurve: string, extractable: boolean) =>
    Effect.promise(() => crypto.subtle.generateKey({ name: "ECDSA", namedCurve }, extractable, ["sign", "verify"]))
  const halves = Effect.map(pairOf("P-256", false), ({ privateKey, publicKey }) => ({ privateKey, publicKey }))
  const wrong: ReadonlyArray<readonly [name: string, pair: Effect.Effect<CryptoKeyPair>, problem: RegExp]> = [
    ["is for another curve", pairOf("P-384", false), /curve P-256/],
    [
      "is for agreeing on keys",
      Effect.promise(() => crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"])),
      /ECDSA/,
    ],
    ["has two public halves", Effect.map(halves, ({ publicKey }) => ({ publicKey, privateKey: publicKey })), /sign/],
    [
      "has two private halves",
      Effect.map(halves, ({ privateKey }) => ({ privateKey, publicKey: privateKey })),
      /public/,
    ],
  ]
  for (const [name, pair, problem] of wrong) {
    it.effect(`that ${name} is refused`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(Effect.flatMap(pair, (pair) => dpopKey(pair)))
        assert.strictEqual(error.explanation.code, "invalid_options")
        assert.match(error.message, problem)
      }),
    )
  }
})

describe("the nonces of a key", () => {
  const answer = (nonce: string | undefined, status = 200, rest: Partial<NonceAnswer> = {}): NonceAnswer => ({
    status,
    headers: new Headers(nonce === undefined ? {} : { "dpop-nonce": nonce }),
    ...rest,
  })
  const demand = { body: JSON.stringify({ error: "use_dpop_nonce" }) }

  it.live("are learned from successes too, one for each origin, and go into the claim", () =>
    Effect.gen(function* () {
      const key = yield* generateDpopKey()
      assert.isFalse(key.learn("https://api.example/a?b", answer("first")))
      assert.strictEqual(yield* nonceOf(yield* key.proof({ method: "GET", url })), "first")
      key.learn("https://api.example/", answer("second"))
      key.learn("https://api.example:8443/", answer("another port's"))
      key.learn("https://api.example/", answer(undefined))
      assert.strictEqual(yield* nonceOf(yield* key.proof({ method: "GET", url })), "second")
      const elsewhere = yield* key.proof({ method: "GET", url: "https://other.example/" })
      assert.isUndefined(yield* nonceOf(elsewhere))
    }),
  )

  it.live("that could not stand in a proof are not learned", () =>
    Effect.gen(function* () {
      const key = yield* generateDpopKey()
      for (const nonce of ["", "a b", 'a"b', "a\\b", "one, two", "x".repeat(513)]) {
        assert.isFalse(key.learn(url, answer(nonce, 400, demand)), nonce)
      }
      assert.isUndefined(yield* nonceOf(yield* key.proof({ method: "GET", url })))
    }),
  )

  it.live("are of a hundred origins at most, the oldest goes first", () =>
    Effect.gen(function* () {
      const key = yield* generateDpopKey()
      for (let port = 0; port <= 100; port++) key.learn(`https://api.example:${9000 + port}/`, answer(`n${port}`))
      const known = (port: number) =>
        Effect.flatMap(key.proof({ method: "GET", url: `https://api.example:${port}/` }), nonceOf)
      assert.isUndefined(yield* known(9000))
      assert.strictEqual(yield* known(9001), "n1")
      assert.strictEqual(yield* known(9100), "n100")
    }),
  )

  const challenge = (text: string) => new Headers({ "dpop-nonce": "n", "www-authenticate": text })
  const answers: ReadonlyArray<readonly [name: string, answer: NonceAnswer, again: boolean]> = [
    ["an authorization server's demand", answer("n", 400, demand), true],
    ["a demand with 401", answer("n", 401, demand), true],
    ["an API's demand", answer("n", 401, { headers: challenge('DPoP error="use_dpop_nonce"') }), true],
    [
      "an API's demand among others",
      answer("n", 401, { headers: challenge('Bearer, DPoP algs="ES256", error=use_dpop_nonce') }),
      true,
    ],
    ["a demand without a nonce", answer(undefined, 400, demand), false],
    ["a success", answer("n", 200, demand), false],
    ["another refusal", answer("n", 400, { body: JSON.stringify({ error: "invalid_grant" }) }), false],
    ["another challenge", answer("n", 401, { headers: challenge('DPoP error="invalid_token"') }), false],
    ["a body that is no JSON", answer("n", 400, { body: "use_dpop_nonce" }), false],
    ["a forbidden call", answer("n", 403, demand), false],
  ]
  for (const [name, its, again] of answers) {
    it.effect(`${name} ${again ? "is" : "is not"} a reason to send the request again`, () =>
      Effect.map(generateDpopKey(), (key) => assert.strictEqual(key.learn(url, its), again)),
    )
  }
})

it.effect("an independent proof of jose carries the same claims", () =>
  Effect.gen(function* () {
    const { privateKey, publicKey } = yield* Effect.promise(() =>
      crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]),
    )
    const jwk = yield* Effect.promise(() => crypto.subtle.exportKey("jwk", publicKey))
    const { crv = "", kty = "", x = "", y = "" } = jwk
    const theirs = yield* Effect.promise(() =>
      new SignJWT({ htm: "GET", htu: "https://api.example/orders", jti: "1", iat: 0 })
        .setProtectedHeader({ typ: "dpop+jwt", alg: "ES256", jwk: { kty, crv, x, y } })
        .sign(privateKey),
    )
    const key = yield* dpopKey({ privateKey, publicKey })
    const ours = yield* key.proof({ method: "GET", url })
    assert.deepStrictEqual(decodeProtectedHeader(ours), decodeProtectedHeader(theirs))
  }),
)
