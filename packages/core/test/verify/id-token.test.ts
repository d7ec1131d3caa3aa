import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"
import type { Algorithm } from "../../src/jws/algorithm.ts"
import { directIdTokens } from "../../src/verify/direct-id-token.ts"
import { type IdTokenVerifierOptions, makeIdTokenVerifier } from "../../src/verify/id-token.ts"
import type { ExpectedIdToken } from "../../src/verify/id-token-parser.ts"
import { jwks } from "../../src/verify/jwks.ts"
import { secret } from "../../src/verify/secret.ts"
import { tokenHash } from "../../src/verify/token-hash.ts"
import { readVectors } from "../jws/vectors.ts"
import { reasonOf } from "../support/reason.ts"
import { encode, everyAlgorithm, issuer, makeSigner, mint, sharedSecret, type Signer } from "./mint.ts"

const clientId = "shop"
const now = 1_800_000_000
const nonce = "the nonce"
const rs256 = makeSigner("RS256")

const good = {
  aud: clientId,
  nonce,
  iat: now,
  exp: now + 300,
  client_id: undefined,
  scope: undefined,
  auth_time: now - 10,
}
const plain: ExpectedIdToken = { nonce: Redacted.make(nonce), hashes: "if present" }

interface Minted {
  readonly signer?: Signer
  readonly header?: Readonly<Record<string, unknown>>
  readonly claims?: Readonly<Record<string, unknown>>
}

const token = ({ signer = rs256, header, claims }: Minted = {}): string =>
  mint(signer, { header: { typ: undefined, ...header }, claims: { ...good, ...claims } })

const verify = Effect.fnUntraced(function* (
  text: string,
  expected: Partial<ExpectedIdToken> = {},
  options: Partial<IdTokenVerifierOptions> = {},
) {
  yield* TestClock.setTime(now * 1000)
  const verifier = yield* makeIdTokenVerifier({ issuer, clientId, keys: rs256.keys, ...options })
  return yield* verifier.verify(Redacted.make(text), { ...plain, ...expected })
})

describe("an ID token is accepted", () => {
  for (const alg of everyAlgorithm) {
    it.effect(`signed ${alg}`, () =>
      Effect.gen(function* () {
        const signer = makeSigner(alg)
        const claims = yield* verify(token({ signer }), {}, { keys: signer.keys, algorithms: [alg] })
        assert.strictEqual(claims.sub, "alice")
      }),
    )
  }

  const accepted: ReadonlyArray<readonly [string, Minted, Partial<ExpectedIdToken>?]> = [
    ["as it is", {}],
    ["of type JWT", { header: { typ: "JWT" } }],
    ["for one audience in a list", { claims: { aud: [clientId] } }],
    ["for several audiences with an azp", { claims: { aud: [clientId, "other"], azp: clientId } }],
    ["with an azp that nobody needs", { claims: { azp: clientId } }],
    ["that ended within the tolerance", { claims: { exp: now - 59 } }],
    ["from a clock that is ahead within the tolerance", { claims: { iat: now + 59 } }],
    ["of a login at the last moment", { claims: { auth_time: now - 160 } }, { authenticatedSince: now - 100 }],
    ["as old as one may be", { claims: { iat: now - 3660 } }],
    ["with the longest subject", { claims: { sub: "a".repeat(255) } }],
    ["with an acr that was asked for", { claims: { acr: "silver" } }, { acrValues: ["gold", "silver"] }],
    ["without a nonce where none was sent", { claims: { nonce: undefined } }, { nonce: undefined }],
    ["by an algorithm that the issuer names", {}, { supported: ["ES256", "RS256"] }],
  ]
  for (const [name, minted, expected] of accepted) {
    it.effect(name, () => Effect.asVoid(verify(token(minted), expected)))
  }
})

describe("an ID token is refused", () => {
  const claim = (name: string) => ({ _tag: "ClaimMismatch", claim: name })
  const refused: ReadonlyArray<readonly [string, Minted, object, Partial<ExpectedIdToken>?]> = [
    ["from another issuer", { claims: { iss: "https://evil.example" } }, claim("iss")],
    ["from almost this issuer", { claims: { iss: `${issuer}/` } }, claim("iss")],
    ["without an issuer", { claims: { iss: undefined } }, claim("iss")],
    ["for another client", { claims: { aud: "another" } }, claim("aud")],
    ["for nobody", { claims: { aud: undefined } }, claim("aud")],
    ["for several without azp", { claims: { aud: [clientId, "other"] } }, claim("azp")],
    ["for several, presented by another", { claims: { aud: [clientId, "other"], azp: "other" } }, claim("azp")],
    ["with the azp of another", { claims: { azp: "other" } }, claim("azp")],
    ["with an azp that is no text", { claims: { azp: [clientId] } }, claim("azp")],
    ["without a subject", { claims: { sub: undefined } }, claim("sub")],
    ["with an empty subject", { claims: { sub: "" } }, claim("sub")],
    ["with an endless subject", { claims: { sub: "a".repeat(256) } }, claim("sub")],
    ["without an end", { claims: { exp: undefined } }, claim("exp")],
    ["that has ended", { claims: { exp: now - 60 } }, { _tag: "OutsideValidity", claim: "exp" }],
    ["without a beginning", { claims: { iat: undefined } }, { ...claim("iat"), expected: "a time" }],
    ["from the future", { claims: { iat: now + 61 } }, { _tag: "OutsideValidity", claim: "iat" }],
    ["older than one may be", { claims: { iat: now - 3661 } }, { ...claim("iat"), actual: "older" }],
    ["with another nonce", { claims: { nonce: "another" } }, claim("nonce")],
    ["without a nonce", { claims: { nonce: undefined } }, claim("nonce")],
    ["with a nonce that nobody sent", {}, { ...claim("nonce"), actual: "there" }, { nonce: undefined }],
    [
      "of a login too long ago",
      { claims: { auth_time: now - 161 } },
      { ...claim("auth_time"), actual: "61 s too old" },
      { authenticatedSince: now - 100 },
    ],
    [
      "that does not say when",
      { claims: { auth_time: undefined } },
      { ...claim("auth_time"), expected: "a time, as maxAge was asked for" },
      { authenticatedSince: 0 },
    ],
    ["with another acr", { claims: { acr: "bronze" } }, { ...claim("acr"), actual: "bronze" }, { acrValues: ["gold"] }],
    ["without the acr that was asked for", {}, claim("acr"), { acrValues: ["gold"] }],
    ["of type at+jwt", { header: { typ: "at+jwt" } }, { _tag: "TypeNotAllowed", type: "at+jwt" }],
    ["of type logout+jwt", { header: { typ: "logout+jwt" } }, { _tag: "TypeNotAllowed", type: "logout+jwt" }],
    ["that is a logout token", { claims: { events: {} } }, { _tag: "TypeNotAllowed" }],
    ["with alg none", { header: { alg: "none" } }, { _tag: "AlgorithmNotAllowed", algorithm: "none" }],
    ["by an algorithm that the issuer does not name", {}, { _tag: "AlgorithmNotAllowed" }, { supported: ["ES256"] }],
    ["by an unknown key", { header: { kid: "other" } }, { _tag: "KeyNotFound", keyId: "other" }],
    ["by another key under the same name", { signer: makeSigner("RS256") }, { _tag: "SignatureMismatch" }],
  ]
  for (const [name, minted, reason, expected] of refused) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.deepInclude(yield* reasonOf(verify(token(minted), expected)), reason)
      }),
    )
  }

  it.effect("straight from the issuer for the same reasons, as far as they are not the key's", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(now * 1000)
      const direct = (minted: Minted, expected: Partial<ExpectedIdToken> = {}) =>
        directIdTokens({ issuer, clientId }).verify(Redacted.make(token(minted)), { ...plain, ...expected })
      for (const [name, minted, reason, expected] of refused) {
        const isOfKey = "_tag" in reason && (reason._tag === "KeyNotFound" || reason._tag === "SignatureMismatch")
        if (isOfKey) assert.strictEqual((yield* direct(minted, expected)).sub, "alice", name)
        else assert.deepInclude(yield* reasonOf(direct(minted, expected)), reason, name)
      }
    }),
  )

  it.effect("with HS256 and the public key as the secret", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(verify(token({ signer: makeSigner("HS256", "RS256-1") })))
      assert.deepInclude(reason, { _tag: "AlgorithmNotAllowed", algorithm: "HS256" })
    }),
  )

  it.effect("encrypted, and it is said so", () =>
    Effect.gen(function* () {
      const encrypted = `${encode('{"alg":"RSA-OAEP","enc":"A256GCM"}')}.a.b.c.d`
      const reason = yield* reasonOf(verify(encrypted))
      assert.deepInclude(reason, { _tag: "MalformedToken" })
      assert.include("problem" in reason ? reason.problem : "", "encrypted")
    }),
  )

  it.effect("without telling a nonce, a hash or a piece of the token", () =>
    Effect.gen(function* () {
      for (const claims of [{ nonce: "a wrong nonce" }, { at_hash: "a wrong hash" }, { aud: "another" }]) {
        const text = token({ claims })
        const error = yield* Effect.flip(verify(text, { accessToken: Redacted.make("an access token") }))
        const printed = `${error.message} ${JSON.stringify(error)} ${error.stack}`
        for (const piece of [nonce, "a wrong nonce", "a wrong hash", "an access token", ...text.split(".")]) {
          assert.notInclude(printed, piece)
        }
      }
    }),
  )
})

describe("the hashes of what came with the ID token", () => {
  const accessToken = Redacted.make("an access token")
  const code = Redacted.make("a code")

  for (const [claim, came, value] of [
    ["at_hash", { accessToken }, "an access token"],
    ["c_hash", { code }, "a code"],
  ] as const) {
    it.effect(`${claim} must be there where it came through a browser, and be right wherever it is`, () =>
      Effect.gen(function* () {
        const right = token({ claims: { [claim]: yield* tokenHash(value, "RS256") } })
        const wrong = token({ claims: { [claim]: yield* tokenHash("another", "RS256") } })
        yield* verify(right, { ...came, hashes: "required" })
        yield* verify(right, came)
        yield* verify(token(), came)
        const mismatch = { _tag: "ClaimMismatch", claim } as const
        assert.deepInclude(yield* reasonOf(verify(wrong, came)), mismatch)
        assert.deepInclude(yield* reasonOf(verify(wrong, { ...came, hashes: "required" })), mismatch)
        assert.deepInclude(yield* reasonOf(verify(token(), { ...came, hashes: "required" })), mismatch)
      }),
    )
  }

  for (const [alg, length] of [
    ["ES256", 22],
    ["ES384", 32],
    ["EdDSA", 43],
  ] as const) {
    it.effect(`are half of ${alg}'s own hash`, () =>
      Effect.gen(function* () {
        const signer = makeSigner(alg)
        const hash = yield* tokenHash("an access token", alg)
        assert.lengthOf(hash, length)
        const options = { keys: signer.keys, algorithms: [alg] as ReadonlyArray<Algorithm> }
        yield* verify(token({ signer, claims: { at_hash: hash } }), { accessToken, hashes: "required" }, options)
      }),
    )
  }
})

describe("a client with a secret", () => {
  it.effect("takes HS256 by its secret and nothing else", () =>
    Effect.gen(function* () {
      const options = { keys: secret(sharedSecret) }
      yield* verify(token({ signer: makeSigner("HS256") }), {}, options)
      const other = { keys: secret("another secret of at least 32 bytes, to be sure") }
      assert.strictEqual(
        (yield* reasonOf(verify(token({ signer: makeSigner("HS256") }), {}, other)))._tag,
        "SignatureMismatch",
      )
      assert.strictEqual((yield* reasonOf(verify(token(), {}, options)))._tag, "AlgorithmNotAllowed")
    }),
  )

  it.effect("is told that its secret is too short, or mixed with public algorithms, before any token", () =>
    Effect.gen(function* () {
      const short = makeIdTokenVerifier({ issuer, clientId, keys: secret("short") })
      assert.deepInclude(yield* reasonOf(short), { _tag: "InvalidOptions", field: "secret" })
      const mixed = makeIdTokenVerifier({
        issuer,
        clientId,
        keys: secret(sharedSecret),
        algorithms: ["HS256", "RS256"],
      })
      assert.deepInclude(yield* reasonOf(mixed), { _tag: "InvalidOptions", field: "algorithms" })
    }),
  )
})

interface IdTokenVector {
  readonly id: string
  readonly kind: string
  readonly issuer: string
  readonly audience: string
  readonly nonce: string
  readonly clock: number
  readonly key: object
  readonly raw: string
  readonly access_token?: string
  readonly code?: string
}

describe("the examples of OpenID Connect Core", () => {
  const vectors = readVectors<ReadonlyArray<IdTokenVector>>("rfc-vectors.json").filter(
    ({ kind }) => kind === "id_token",
  )

  for (const vector of vectors) {
    const check = Effect.fnUntraced(function* (came: { readonly token?: string; readonly code?: string }) {
      yield* TestClock.setTime(vector.clock * 1000)
      const keys = jwks({ keys: [vector.key] })
      const verifier = yield* makeIdTokenVerifier({ issuer: vector.issuer, clientId: vector.audience, keys })
      return yield* verifier.verify(Redacted.make(vector.raw), {
        nonce: Redacted.make(vector.nonce),
        hashes: "required",
        ...(came.token !== undefined && { accessToken: Redacted.make(came.token) }),
        ...(came.code !== undefined && { code: Redacted.make(came.code) }),
      })
    })

    it.effect(`${vector.id} is accepted with what came with it, and with nothing else`, () =>
      Effect.gen(function* () {
        const { access_token: token, code } = vector
        const came = { ...(token !== undefined && { token }), ...(code !== undefined && { code }) }
        assert.strictEqual((yield* check(came)).sub, "248289761001")
        assert.deepInclude(yield* reasonOf(check({ token: "another" })), { _tag: "ClaimMismatch", claim: "at_hash" })
        assert.deepInclude(yield* reasonOf(check({ ...came, code: "another" })), {
          _tag: "ClaimMismatch",
          claim: "c_hash",
        })
      }),
    )
  }

  it("are three", () => assert.lengthOf(vectors, 3))
})
