import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { entraOnBehalfOf } from "../../src/acquire/on-behalf-of.ts"
import { password } from "../../src/acquire/password.ts"
import { securityToken } from "../../src/acquire/security-token.ts"
import { parseTarget } from "../../src/model/target.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import type { Client } from "../../src/protocol/client.ts"
import { flowLaws } from "../laws/flow.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"
import { alice, ledger, orders, secretOf } from "../support/world.ts"

const target = Result.getOrThrow(parseTarget({ scope: "https://graph.example/.default" }))

const acquire = Effect.fnUntraced(function* (line: Line) {
  const { network, sent } = scripted(line)
  const flow = entraOnBehalfOf(yield* securityToken("incoming", { expiresAt: 120_000 }))
  const set = yield* Effect.provide(flow.acquire(scriptedClient, target), network)
  return { set, sent }
})

describe("on behalf of", () => {
  it.effect("sends the incoming token as the assertion, and ends with it", () =>
    Effect.gen(function* () {
      const { set, sent } = yield* acquire({ json: { access_token: "a", token_type: "Bearer", expires_in: 3600 } })
      assert.deepStrictEqual(Object.fromEntries(sent[0]?.form ?? []), {
        grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer",
        assertion: "incoming",
        requested_token_use: "on_behalf_of",
        scope: "https://graph.example/.default",
      })
      assert.strictEqual(set.expiresAt, 120_000)
    }),
  )

  for (const [error, code] of [
    ["invalid_grant", "invalid_grant"],
    ["interaction_required", "interaction_required"],
    ["consent_required", "interaction_required"],
  ] as const) {
    it.effect(`${error} is ${code}, without the token`, () =>
      Effect.gen(function* () {
        const json = { error, error_description: "AADSTS50013: incoming failed", claims: '{"access_token":{}}' }
        const failure = yield* Effect.flip(acquire({ status: 400, json }))
        assert.strictEqual(failure.explanation.code, code)
        assert.notInclude(failure.message, "incoming")
      }),
    )
  }
})

const basic =
  (clientId: string) =>
  (issuer: string): Client => ({ issuer, clientId, clientAuth: clientSecretBasic(secretOf(clientId)) })

flowLaws("on behalf of", () => ({
  flow: Effect.fnUntraced(function* (issuer) {
    const call = Result.getOrThrow(parseTarget({ audience: orders, scope: "read write" }))
    const { accessToken } = yield* password(alice).acquire(basic("basic")(issuer), call)
    return entraOnBehalfOf(yield* securityToken(accessToken))
  }),
  client: basic("orders-service"),
  target: { scope: `${ledger}/read` },
  // the incoming token lasts no longer
  expected: { audience: ledger, subject: /^database\|/, scope: "read", lifetime: 600 },
  endpoint: "/token",
  wrong: { flow: () => Effect.map(securityToken("not.a.token"), entraOnBehalfOf), code: "invalid_grant" },
}))
