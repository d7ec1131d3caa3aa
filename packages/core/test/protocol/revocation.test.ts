import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { clientSecretBasic } from "../../src/protocol/client-auth.ts"
import { revoke } from "../../src/protocol/revocation.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"

/** RFC 7009 §2.1 */
const client = { ...scriptedClient, clientId: "s6BhdRkqt3", clientAuth: clientSecretBasic("gX1fBat3bV") }
const ask = (line: Line) => {
  const { network, sent } = scripted(line)
  return Effect.as(
    Effect.provide(revoke(client, Redacted.make("45ghiukldjahdnhzdauz"), "refresh_token"), network),
    sent,
  )
}

describe("revocation", () => {
  it.effect("is the example of RFC 7009, and an empty answer is success", () =>
    Effect.gen(function* () {
      const sent = yield* ask({ body: "" })
      assert.strictEqual(sent[0]?.form.toString(), "token=45ghiukldjahdnhzdauz&token_type_hint=refresh_token")
      assert.strictEqual(sent[0]?.headers.get("authorization"), "Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW")
      assert.strictEqual(sent[0]?.url, "https://issuer.example/revoke")
    }),
  )

  for (const [line, code, retryable] of [
    [{ status: 400, json: { error: "unsupported_token_type" } }, "unsupported_token_type", false],
    [{ status: 401, json: { error: "invalid_client" } }, "invalid_client", false],
    [{ status: 503, body: "", headers: { "retry-after": "3" } }, "unavailable", true],
    [{ status: 400, body: "<html>", headers: { "content-type": "text/html" } }, "malformed_response", false],
  ] as const) {
    it.effect(`${JSON.stringify(line)} is ${code}`, () =>
      Effect.gen(function* () {
        const { explanation } = yield* Effect.flip(ask(line))
        assert.deepInclude({ ...explanation }, { code, retryable })
      }),
    )
  }
})
