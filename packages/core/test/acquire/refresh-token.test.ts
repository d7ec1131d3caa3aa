import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { refreshToken, type RefreshTokenOptions } from "../../src/acquire/refresh-token.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { password } from "../../src/acquire/password.ts"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { clientSecretBasic, none } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { flowLaws } from "../laws/flow.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"
import { deviceFlow } from "../support/device.ts"
import { startPlainProvider } from "../support/plain-provider.ts"
import { alice, orders, secretOf } from "../support/world.ts"

const refresh = Effect.fnUntraced(function* (line: Line, target: TargetInput = {}, options: RefreshTokenOptions = {}) {
  const { network, sent } = scripted(line)
  const flow = refreshToken(yield* securityToken("old-refresh"), options)
  const set = yield* Effect.provide(flow.acquire(scriptedClient, Result.getOrThrow(parseTarget(target))), network)
  return { set, sent, flow }
})

const answer = { access_token: "new", token_type: "Bearer", expires_in: 60 }
const shown = (secret: Redacted.Redacted<string> | undefined) => secret && Redacted.value(secret)

describe("a refresh", () => {
  it.effect("simple-oauth2 drops the refresh token when the server does not rotate it: it is kept", () =>
    Effect.gen(function* () {
      for (const json of [answer, { ...answer, refresh_token: null }]) {
        assert.strictEqual(shown((yield* refresh({ json })).set.refreshToken), "old-refresh")
      }
    }),
  )

  it.effect("takes the rotated refresh token", () =>
    Effect.gen(function* () {
      const { set } = yield* refresh({ json: { ...answer, refresh_token: "new-refresh" } })
      assert.strictEqual(shown(set.refreshToken), "new-refresh")
    }),
  )

  it.effect("keeps the login's ID token until there is a newer one", () =>
    Effect.gen(function* () {
      const idToken = Redacted.make("first-id")
      assert.strictEqual(shown((yield* refresh({ json: answer }, {}, { idToken })).set.idToken), "first-id")
      const newer = yield* refresh({ json: { ...answer, id_token: "second-id" } }, {}, { idToken: "first-id" })
      assert.strictEqual(shown(newer.set.idToken), "second-id")
      assert.isUndefined((yield* refresh({ json: answer })).set.idToken)
    }),
  )

  it.effect("asks for what the target wants, and for nothing when it wants nothing", () =>
    Effect.gen(function* () {
      const target = { resource: "https://a.example", audience: "b", scope: "one two" }
      const { sent } = yield* refresh({ json: answer }, target)
      assert.strictEqual(
        sent[0]?.form.toString(),
        "grant_type=refresh_token&refresh_token=old-refresh&audience=b&resource=https%3A%2F%2Fa.example&scope=one+two",
      )
      const bare = yield* refresh({ json: answer })
      assert.strictEqual(bare.sent[0]?.form.toString(), "grant_type=refresh_token&refresh_token=old-refresh")
    }),
  )

  it.effect("that is refused stays invalid_grant, and the token is not in the message", () =>
    Effect.gen(function* () {
      const json = { error: "invalid_grant", error_description: "old-refresh is revoked" }
      const error = yield* Effect.flip(refresh({ status: 400, json }))
      assert.deepInclude(error.reason, { code: "invalid_grant", description: "[removed] is revoked" })
    }),
  )

  it.effect("is never to be sent again, and names itself by a digest", () =>
    Effect.gen(function* () {
      const { flow } = yield* refresh({ json: answer })
      assert.strictEqual(flow.replay, "never")
      assert.match(flow.identity.join(), /^[0-9a-f]{64}$/)
    }),
  )
})

for (const clientId of ["rotating", "keeping"]) {
  const client = (issuer: string): Client => ({ issuer, clientId, clientAuth: clientSecretBasic(secretOf(clientId)) })
  const login = Result.getOrThrow(parseTarget({ audience: orders, scope: "openid offline_access read write" }))

  flowLaws(`refresh token of a client that is ${clientId}`, () => ({
    flow: Effect.fnUntraced(function* (issuer) {
      const { refreshToken: token = "" } = yield* password(alice).acquire(client(issuer), login)
      return refreshToken(yield* securityToken(token))
    }),
    client,
    target: { audience: orders, scope: "read" },
    expected: { audience: orders, subject: /^database\|/, scope: "read", lifetime: 600 },
    endpoint: "/token",
    wrong: {
      flow: () => Effect.map(securityToken("never-issued-by-them"), (token) => refreshToken(token)),
      code: "invalid_grant",
    },
  }))
}

const tv = (issuer: string): Client => ({ issuer, clientId: "tv", clientAuth: none() })
const login = { resource: orders, scope: "openid offline_access read write" }

flowLaws(
  "refresh token, over a plain provider",
  () => ({
    flow: Effect.fnUntraced(function* (issuer) {
      const made = deviceFlow({ client: tv, target: login })
      const flow = typeof made === "function" ? yield* made(issuer) : made
      const { refreshToken: token = "" } = yield* flow.acquire(tv(issuer), Result.getOrThrow(parseTarget(login)))
      return refreshToken(yield* securityToken(token))
    }),
    client: tv,
    target: { resource: orders, scope: "read" },
    expected: { audience: orders, subject: /^alice$/, scope: "read", lifetime: 600 },
    endpoint: "/token",
    wrong: {
      flow: () => Effect.map(securityToken("never-issued-by-them"), (token) => refreshToken(token)),
      code: "invalid_grant",
    },
  }),
  startPlainProvider,
)
