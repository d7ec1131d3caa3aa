import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { introspect } from "../../src/protocol/introspection.ts"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"

/** RFC 7662 §2.1 */
const client = { ...scriptedClient, clientId: "s6BhdRkqt3", clientAuth: clientSecretBasic("gX1fBat3bV") }
const ask = (line: Line) => {
  const { network, sent } = scripted(line)
  const asked = Effect.provide(introspect(client, "mF_9.B5f-4.1JqM", "access_token"), network)
  return Effect.map(asked, (answer) => ({ answer, sent }))
}

describe("introspection", () => {
  it.effect("is the example of RFC 7662", () =>
    Effect.gen(function* () {
      const claims = { client_id: "l238j323ds-23ij4", username: "jdoe", scope: "read", exp: 1419356238 }
      const { answer, sent } = yield* ask({ json: { active: true, ...claims } })
      assert.deepStrictEqual(answer, { active: true, claims })
      assert.strictEqual(sent[0]?.form.toString(), "token=mF_9.B5f-4.1JqM&token_type_hint=access_token")
      assert.strictEqual(sent[0]?.headers.get("authorization"), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW")
      assert.strictEqual(sent[0]?.url, "https://issuer.example/introspect")
    }),
  )

  it.effect("says nothing more of a token that is not active", () =>
    Effect.gen(function* () {
      const { answer } = yield* ask({ json: { active: false, sub: "alice" } })
      assert.deepStrictEqual(answer, { active: false })
    }),
  )

  const malformed: ReadonlyArray<readonly [name: string, line: Line]> = [
    ["active as text", { json: { active: "true" } }],
    ["active as a number", { json: { active: 1 } }],
    ["no active", { json: { sub: "alice" } }],
    ["active in the prototype", { body: '{"__proto__":{"active":true}}' }],
    ["a subject that is a number", { json: { active: true, sub: 1 } }],
    ["an end that is text", { json: { active: true, exp: "never" } }],
    ["an infinite end", { body: '{"active":true,"exp":1e999}' }],
    ["a signed JWT", { body: "a.b.c", headers: { "content-type": "application/token-introspection+jwt" } }],
    ["nothing", { body: "" }],
  ]
  for (const [name, line] of malformed) {
    it.effect(`with ${name} is refused: no token is active by accident`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(ask(line))).explanation.code, "malformed_response")
      }),
    )
  }

  it.effect("that is refused keeps the token to itself", () =>
    Effect.gen(function* () {
      const json = { error: "invalid_client", error_description: "mF_9.B5f-4.1JqM" }
      const error = yield* Effect.flip(ask({ status: 401, json }))
      assert.deepInclude(error.reason, { code: "invalid_client", description: "[removed]" })
    }),
  )
})
