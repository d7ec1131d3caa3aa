import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import type { IdTokenVerifierOptions } from "../../src/verify/id-token.ts"
import { jwks } from "../../src/verify/jwks.ts"
import { makeLogoutTokenVerifier } from "../../src/verify/logout-token.ts"
import { reasonOf } from "../support/reason.ts"
import { everyAlgorithm, issuer, makeSigner, mint, type Minting } from "./mint.ts"

const clientId = "shop"
const now = 1_800_000_000
const event = "http://schemas.openid.net/event/backchannel-logout"
const rs256 = makeSigner("RS256")
const stranger = makeSigner("RS256")

const token = ({ header, claims }: Minting = {}, signer = rs256): string =>
  mint(signer, {
    header: { typ: "logout+jwt", ...header },
    claims: { aud: clientId, sid: "s-1", iat: now, exp: now + 120, events: { [event]: {} }, ...claims },
  })

const verify = Effect.fnUntraced(function* (text: string, options: { readonly clockTolerance?: "10 seconds" } = {}) {
  yield* TestClock.setTime(now * 1000)
  const verifier = yield* makeLogoutTokenVerifier({ issuer, clientId, keys: rs256.keys, ...options })
  return yield* verifier.verify(text)
})

describe("a logout token is accepted", () => {
  const whole = { sub: "alice", sid: "s-1", jti: "4711", expiresAt: (now + 120) * 1000 }
  const accepted: ReadonlyArray<readonly [string, Minting, object?]> = [
    ["as it is", {}],
    ["of type JWT", { header: { typ: "JWT" } }],
    ["of no type", { header: { typ: undefined } }],
    ["about a session", { claims: { sub: undefined } }, { sub: undefined }],
    ["about a person", { claims: { sid: undefined } }, { sid: undefined }],
    [
      "with the longest names",
      { claims: { sid: "s".repeat(255), jti: "j".repeat(255) } },
      { sid: "s".repeat(255), jti: "j".repeat(255) },
    ],
    ["with something in its event, and another event", { claims: { events: { [event]: { a: 1 }, "urn:other": {} } } }],
    ["that ended within the tolerance", { claims: { exp: now - 59 } }, { expiresAt: (now - 59) * 1000 }],
    ["from a clock that is ahead within the tolerance", { claims: { iat: now + 60 } }],
  ]
  for (const [name, minting, notice] of accepted) {
    it.effect(name, () =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* verify(token(minting)), { ...whole, ...notice })
      }),
    )
  }
})

describe("a logout token is refused", () => {
  const mismatch = (claim: string, expected: string, actual?: string) => ({
    _tag: "ClaimMismatch",
    claim,
    expected,
    ...(actual !== undefined && { actual }),
  })
  const names = "1 to 255 characters"
  const allowed = everyAlgorithm.filter((alg) => !alg.startsWith("HS"))
  const refused: ReadonlyArray<readonly [string, Minting, object]> = [
    ["of the type of access tokens", { header: { typ: "at+jwt" } }, { _tag: "TypeNotAllowed", type: "at+jwt" }],
    ["of no event", { claims: { events: undefined } }, mismatch("events", event)],
    ["of another event", { claims: { events: { "urn:other": {} } } }, mismatch("events", event, "something else")],
    [
      "of an event that is no object",
      { claims: { events: { [event]: 1 } } },
      mismatch("events", event, "something else"),
    ],
    ["of a list of events", { claims: { events: [event] } }, mismatch("events", event, "something else")],
    ["of an event as text", { claims: { events: event } }, mismatch("events", event, "something else")],
    ["about nobody", { claims: { sub: undefined, sid: undefined } }, mismatch("sid", "sub or sid")],
    ["about a session of no name", { claims: { sid: "" } }, mismatch("sid", names, "something else")],
    ["about a session that is a number", { claims: { sid: 1 } }, mismatch("sid", names, "something else")],
    [
      "about a session with too long a name",
      { claims: { sid: "s".repeat(256) } },
      mismatch("sid", names, "something else"),
    ],
    ["about a person of no name, though of a session", { claims: { sub: "" } }, mismatch("sub", "a name", "empty")],
    ["without a beginning", { claims: { iat: undefined } }, mismatch("iat", "a time")],
    ["without a jti", { claims: { jti: undefined } }, mismatch("jti", names)],
    ["with an empty jti", { claims: { jti: "" } }, mismatch("jti", names)],
    ["with too long a jti", { claims: { jti: "j".repeat(256) } }, mismatch("jti", names)],
    ["with a nonce", { claims: { nonce: "n" } }, mismatch("nonce", "none, so that no ID token passes for it", "there")],
    [
      "with an empty nonce",
      { claims: { nonce: null } },
      mismatch("nonce", "none, so that no ID token passes for it", "there"),
    ],
    ["without an end", { claims: { exp: undefined } }, mismatch("exp", "it (compatible profile)")],
    ["for another client", { claims: { aud: "other" } }, mismatch("aud", clientId, "other")],
    ["that has ended", { claims: { exp: now - 60 } }, { _tag: "OutsideValidity", claim: "exp", seconds: 60 }],
    ["from the future", { claims: { iat: now + 61 } }, { _tag: "OutsideValidity", claim: "iat", seconds: 61 }],
    ["of another algorithm", { header: { alg: "none" } }, { _tag: "AlgorithmNotAllowed", algorithm: "none", allowed }],
    ["of a key that the issuer does not have", { header: { kid: "other" } }, { _tag: "KeyNotFound", keyId: "other" }],
  ]
  for (const [name, minting, reason] of refused) {
    it.effect(name, () =>
      Effect.gen(function* () {
        const actual: object = yield* reasonOf(verify(token(minting)))
        assert.deepStrictEqual(actual, reason)
      }),
    )
  }

  it.effect("that somebody else signed", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* reasonOf(verify(token({}, stranger))), { _tag: "SignatureMismatch" })
    }),
  )

  it.effect("that is none", () =>
    Effect.gen(function* () {
      assert.deepInclude(yield* reasonOf(verify("a.b")), { _tag: "MalformedToken" })
    }),
  )

  it.effect("beyond the tolerance that was set", () =>
    Effect.gen(function* () {
      const reason = yield* reasonOf(verify(token({ claims: { exp: now - 10 } }), { clockTolerance: "10 seconds" }))
      assert.deepStrictEqual(reason, { _tag: "OutsideValidity", claim: "exp", seconds: 10 })
    }),
  )
})

it.effect("options that are not safe are told before any token is seen", () =>
  Effect.gen(function* () {
    for (const [field, options] of [
      ["issuer", { issuer: "" }],
      ["clockTolerance", { clockTolerance: "1 hour" }],
      ["algorithms", { algorithms: ["HS256"] }],
    ] as const) {
      const keys = jwks({ keys: rs256.published })
      const wrong = { issuer, clientId, keys, ...options } as IdTokenVerifierOptions
      assert.deepInclude(yield* reasonOf(makeLogoutTokenVerifier(wrong)), { _tag: "InvalidOptions", field })
    }
  }),
)
