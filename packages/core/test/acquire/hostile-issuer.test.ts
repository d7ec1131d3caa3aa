import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { reasonOf } from "../support/reason.ts"
import { network } from "../support/world.ts"
import { encode, makeSigner, nowSeconds } from "../verify/mint.ts"
import { hostileIssuer, type Tampering } from "./hostile-issuer.ts"

const claim = (name: string) => ({ _tag: "ClaimMismatch", claim: name })

/** One thing wrong at a time, and why the ID token is refused for it. */
const wrong: ReadonlyArray<readonly [string, Tampering, object]> = [
  ["the issuer of another", { claims: { iss: "https://evil.example" } }, claim("iss")],
  ["no issuer", { claims: { iss: undefined } }, claim("iss")],
  ["another audience", { claims: { aud: "another" } }, claim("aud")],
  ["no audience", { claims: { aud: undefined } }, claim("aud")],
  ["several audiences without azp", { claims: { aud: ["shop", "another"] } }, claim("azp")],
  ["the azp of another", { claims: { azp: "another" } }, claim("azp")],
  ["no subject", { claims: { sub: undefined } }, claim("sub")],
  ["no end", { claims: { exp: undefined } }, claim("exp")],
  ["an end in the past", { claims: { exp: 1 } }, { _tag: "OutsideValidity", claim: "exp" }],
  ["no beginning", { claims: { iat: undefined } }, claim("iat")],
  ["a beginning a week ago", { claims: { iat: nowSeconds() - 604_800 } }, claim("iat")],
  ["a beginning to come", { claims: { iat: nowSeconds() + 600 } }, { _tag: "OutsideValidity", claim: "iat" }],
  ["the nonce of another login", { claims: { nonce: "another" } }, claim("nonce")],
  ["no nonce", { claims: { nonce: undefined } }, claim("nonce")],
  ["the hash of another access token", { claims: { at_hash: "another" } }, claim("at_hash")],
  ["alg none", { header: { alg: "none" } }, { _tag: "AlgorithmNotAllowed", algorithm: "none" }],
  ["HS256", { signer: makeSigner("HS256", "RS256-1") }, { _tag: "AlgorithmNotAllowed", algorithm: "HS256" }],
  ["an algorithm that the metadata does not name", { signer: makeSigner("ES256") }, { _tag: "AlgorithmNotAllowed" }],
  ["the type of an access token", { header: { typ: "at+jwt" } }, { _tag: "TypeNotAllowed" }],
  [
    "a login too long ago",
    { asked: { maxAge: "1 minute" }, claims: { auth_time: nowSeconds() - 180 } },
    claim("auth_time"),
  ],
  ["no time of the login", { asked: { maxAge: "1 minute" } }, claim("auth_time")],
  ["another acr", { asked: { acrValues: ["gold"] }, claims: { acr: "bronze" } }, claim("acr")],
  ["no acr", { asked: { acrValues: ["gold"] } }, claim("acr")],
  ["five parts", { idToken: `${encode('{"alg":"dir","enc":"A256GCM"}')}.a.b.c.d` }, { _tag: "MalformedToken" }],
  ["no parts", { idToken: "token" }, { _tag: "MalformedToken" }],
]

/** What only the signature tells. */
const forged: typeof wrong = [
  ["another key", { signer: makeSigner("RS256") }, { _tag: "SignatureMismatch" }],
  ["a key that is not published", { header: { kid: "other" } }, { _tag: "KeyNotFound" }],
]

for (const [name, way, given] of [
  ["by code", "code", {}],
  ["by code, and is checked with the issuer's keys", "code", { signed: true }],
  ["in the hash", "hash", {}],
] as const) {
  const signed = way === "hash" || "signed" in given
  describe(`an ID token that came ${name}`, () => {
    it.live("is accepted when everything is right", () =>
      Effect.gen(function* () {
        const issuer = yield* hostileIssuer()
        const login = yield* issuer[way](given)
        assert.strictEqual(issuer.requests("/jwks"), signed ? 1 : 0)
        assert.strictEqual(login.claims?.sub, "alice")
      }).pipe(Effect.provide(network())),
    )

    it.live("is accepted with the proof that was asked for", () =>
      Effect.gen(function* () {
        const asked = { maxAge: "1 minute", acrValues: ["gold", "silver"] } as const
        const claims = { auth_time: nowSeconds() - 30, acr: "silver" }
        const login = yield* (yield* hostileIssuer())[way]({ ...given, asked, claims })
        assert.strictEqual(login.claims?.["acr"], "silver")
      }).pipe(Effect.provide(network())),
    )

    for (const [name, tampering, because] of signed ? [...wrong, ...forged] : wrong) {
      it.live(`is refused with ${name}`, () =>
        Effect.gen(function* () {
          const reason = yield* reasonOf((yield* hostileIssuer())[way]({ ...given, ...tampering }))
          assert(reason._tag === "IdTokenRefused", reason._tag)
          assert.include(reason.because, because)
        }).pipe(Effect.provide(network())),
      )
    }
  })
}

describe("an answer without what was asked for", () => {
  it.live("is refused where openid was asked for and no ID token came", () =>
    Effect.gen(function* () {
      const issuer = yield* hostileIssuer()
      const reason = yield* reasonOf(issuer.code({ idToken: undefined }))
      assert.deepInclude(reason, { _tag: "IdTokenRefused" })
      const inHash = yield* reasonOf(issuer.hash({ idToken: undefined }))
      assert.deepInclude(inHash, { _tag: "CallbackRefused", problem: "malformed" })
    }).pipe(Effect.provide(network())),
  )

  it.live("is refused in a hash without at_hash, and not where the issuer answered itself", () =>
    Effect.gen(function* () {
      const issuer = yield* hostileIssuer()
      const without = { claims: { at_hash: undefined } }
      assert.strictEqual((yield* issuer.code(without)).claims?.sub, "alice")
      assert.deepInclude(yield* reasonOf(issuer.hash(without)), { _tag: "IdTokenRefused" })
    }).pipe(Effect.provide(network())),
  )

  it.live("names what keeps the keys away, not the token", () =>
    Effect.gen(function* () {
      const issuer = yield* hostileIssuer()
      const jwks_uri = `${issuer.issuer}/nowhere`
      const reason = yield* reasonOf(issuer.hash({ metadata: { jwks_uri } }))
      assert.deepInclude(reason, { _tag: "MalformedResponse", url: jwks_uri })
    }).pipe(Effect.provide(network())),
  )

  it.live("fetches no key for a token that is wrong anyway", () =>
    Effect.gen(function* () {
      const issuer = yield* hostileIssuer()
      yield* reasonOf(issuer.code({ signed: true, claims: { nonce: "another" } }))
      assert.strictEqual(issuer.requests("/jwks"), 0)
    }).pipe(Effect.provide(network())),
  )
})
