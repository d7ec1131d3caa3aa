import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { Issuer } from "@bearerkit/issuer"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { decodeJwt } from "jose"
import { password } from "../../src/acquire/password.ts"
import { refreshToken } from "../../src/acquire/refresh-token.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { endSessionUrl } from "../../src/protocol/end-session.ts"
import { introspect } from "../../src/protocol/introspection.ts"
import { revoke } from "../../src/protocol/revocation.ts"
import { userinfo } from "../../src/protocol/userinfo.ts"
import { alice, network, orders, secretOf, startTestIssuer } from "../support/world.ts"

let issuer: Issuer
beforeAll(async () => {
  issuer = await startTestIssuer()
})
afterAll(() => issuer.close())

const client = () => ({
  issuer: issuer.url,
  clientId: "rotating",
  clientAuth: clientSecretBasic(secretOf("rotating")),
})
const target = (input: TargetInput) => Result.getOrThrow(parseTarget(input))
const login = (input: TargetInput) => Effect.suspend(() => password(alice).acquire(client(), target(input)))
const opaque = login({ scope: "openid email offline_access" })

describe("what the issuer says of its tokens", () => {
  it.live("an access token without an API is active until it is revoked", () =>
    Effect.gen(function* () {
      const { accessToken } = yield* opaque
      const before = yield* introspect(client(), accessToken, "access_token")
      assert.isTrue(before.active)
      if (before.active) assert.strictEqual(before.claims.client_id, "rotating")
      yield* revoke(client(), accessToken, "access_token")
      assert.deepStrictEqual(yield* introspect(client(), accessToken), { active: false })
      yield* revoke(client(), "never-issued-by-them")
    }).pipe(Effect.provide(network())),
  )

  it.live("a refresh token that is revoked is invalid_grant", () =>
    Effect.gen(function* () {
      const { refreshToken: token = "" } = yield* opaque
      yield* revoke(client(), token, "refresh_token")
      const flow = refreshToken(yield* securityToken(token))
      const error = yield* Effect.flip(flow.acquire(client(), target({})))
      assert.strictEqual(error.explanation.code, "invalid_grant")
    }).pipe(Effect.provide(network())),
  )

  it.live("a refresh token that was rotated away and comes again is invalid_grant; scope can shrink and not grow", () =>
    Effect.gen(function* () {
      const first = yield* login({ audience: orders, scope: "openid offline_access read" })
      const flow = refreshToken(yield* securityToken(first.refreshToken ?? ""))
      const second = yield* flow.acquire(client(), target({ audience: orders, scope: "read" }))
      assert.notStrictEqual(
        second.refreshToken && Redacted.value(second.refreshToken),
        first.refreshToken && Redacted.value(first.refreshToken),
      )
      const again = yield* Effect.flip(flow.acquire(client(), target({ audience: orders, scope: "read" })))
      assert.strictEqual(again.explanation.code, "invalid_grant")
      const other = yield* login({ audience: orders, scope: "openid offline_access read" })
      const more = refreshToken(yield* securityToken(other.refreshToken ?? ""))
      const refused = yield* Effect.flip(more.acquire(client(), target({ audience: orders, scope: "read write" })))
      assert.strictEqual(refused.explanation.code, "invalid_scope")
    }).pipe(Effect.provide(network())),
  )

  it.live("userinfo is about the person of the ID token", () =>
    Effect.gen(function* () {
      const { accessToken, idToken = Redacted.make("") } = yield* opaque
      const { sub = "" } = decodeJwt(Redacted.value(idToken))
      const claims = yield* userinfo(client(), accessToken, { subject: sub })
      assert.strictEqual(claims["email"], "alice@example.test")
      const other = yield* Effect.flip(userinfo(client(), accessToken, { subject: "somebody else" }))
      assert.strictEqual(other.explanation.code, "malformed_response")
      const stranger = yield* Effect.flip(userinfo(client(), "never-issued-by-them"))
      assert.strictEqual(stranger.explanation.code, "invalid_token")
    }).pipe(Effect.provide(network())),
  )

  it.live("the address to sign out at leads to a page", () =>
    Effect.gen(function* () {
      const { idToken = Redacted.make("") } = yield* opaque
      const url = yield* endSessionUrl(client(), { idTokenHint: idToken })
      const response = yield* Effect.promise(() => fetch(Redacted.value(url)))
      assert.strictEqual(response.status, 200)
    }).pipe(Effect.provide(network())),
  )
})
