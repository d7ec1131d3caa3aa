import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { SignJWT } from "jose"
import { parseLegacyTokens } from "../../src/legacy/token-answer.ts"
import { presentedToken } from "../../src/model/token-set.ts"
import { none } from "../../src/protocol/client-auth.ts"

const issuer = "https://tenant.example/"
const client = { issuer, clientId: "cid", clientAuth: none() }
const now = 1_800_000_000
const context = { client, scopes: ["openid"], url: `${issuer}oauth/ro`, receivedAt: now * 1000 }
const claims = { iss: issuer, aud: "cid", sub: "database|1", iat: now, exp: now + 36_000 }
const key = new TextEncoder().encode("a secret of the client, not checked here")

const signed = (payload: Record<string, unknown>) =>
  Effect.promise(() => new SignJWT(payload).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(key))
const answer = (idToken?: unknown) => ({ access_token: "opaque", token_type: "bearer", id_token: idToken })

describe("the answer of a legacy endpoint", () => {
  it.effect("presents the ID token for as long as it says", () =>
    Effect.gen(function* () {
      const set = yield* parseLegacyTokens(answer(yield* signed(claims)), context)
      assert.strictEqual(presentedToken(set).value, set.idToken)
      assert.strictEqual(set.expiresAt, (now + 36_000) * 1000)
    }),
  )

  it.effect("presents the ID token as Bearer, whatever the type of the access token is", () =>
    Effect.gen(function* () {
      for (const type of ["bearer", "DPoP", "N_A"]) {
        const set = yield* parseLegacyTokens({ ...answer(yield* signed(claims)), token_type: type }, context)
        assert.strictEqual(presentedToken(set).type, "Bearer")
      }
    }),
  )

  it.effect("counts the span, so that a clock that is a day off does no harm", () =>
    Effect.gen(function* () {
      const receivedAt = context.receivedAt + 86_400_000
      const set = yield* parseLegacyTokens(answer(yield* signed(claims)), { ...context, receivedAt })
      assert.strictEqual(set.expiresAt, receivedAt + 36_000_000)
    }),
  )

  it.effect("without an ID token presents the access token", () =>
    Effect.gen(function* () {
      const set = yield* parseLegacyTokens(answer(), context)
      assert.strictEqual(presentedToken(set).value, set.accessToken)
    }),
  )

  it.effect("takes several audiences when azp names the client", () =>
    Effect.gen(function* () {
      const token = yield* signed({ ...claims, aud: ["cid", "other"], azp: "cid" })
      assert.strictEqual((yield* parseLegacyTokens(answer(token), context)).presented, "id_token")
    }),
  )

  const { iss: _iss, ...withoutIssuer } = claims
  const { exp: _exp, ...withoutExpiry } = claims
  const wrong: ReadonlyArray<readonly [name: string, payload: Record<string, unknown>, problem: RegExp]> = [
    ["another issuer", { ...claims, iss: "https://tenant.example" }, /not from this issuer/],
    ["no issuer", withoutIssuer, /not from this issuer/],
    ["another audience", { ...claims, aud: "other" }, /not for this client/],
    ["several audiences and no azp", { ...claims, aud: ["cid", "other"] }, /no azp/],
    ["no expiry", withoutExpiry, /no expiry/],
    ["an expiry before its beginning", { ...claims, exp: now - 1 }, /expired already/],
    ["an expiry that is text", { ...claims, exp: "never" }, /exp that is not a finite number/],
  ]
  for (const [name, payload, problem] of wrong) {
    it.effect(`is refused when the ID token has ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(parseLegacyTokens(answer(yield* signed(payload)), context))
        assert.strictEqual(error.explanation.code, "malformed_response")
        assert.match(error.message, problem)
      }),
    )
  }

  for (const [name, token, problem] of [
    ["encrypted", "a.b.c.d.e", /encrypted/],
    ["no JWT", "opaque", /three non-empty parts/],
    ["a number", 7, /not a token/],
  ] as const) {
    it.effect(`is refused when the ID token is ${name}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(parseLegacyTokens(answer(token), context))
        assert.strictEqual(error.explanation.code, "malformed_response")
        assert.match(error.message, problem)
      }),
    )
  }
})
