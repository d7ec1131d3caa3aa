import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { userinfo, type UserinfoOptions } from "../../src/protocol/userinfo.ts"
import { type Line, scripted, scriptedClient } from "../support/scripted.ts"

const ask = (line: Line, options?: UserinfoOptions, token = "opaque-token") => {
  const { network, sent } = scripted(line)
  const asked = Effect.provide(userinfo(scriptedClient, Redacted.make(token), options), network)
  return Effect.map(asked, (claims) => ({ claims, sent }))
}

describe("userinfo", () => {
  it.effect("sends the token in the header and gives the claims", () =>
    Effect.gen(function* () {
      const { claims, sent } = yield* ask({ json: { sub: "248", email: "a@b.example" } }, { subject: "248" })
      assert.deepStrictEqual(claims, { sub: "248", email: "a@b.example" })
      assert.strictEqual(sent[0]?.method, "GET")
      assert.strictEqual(sent[0]?.url, "https://issuer.example/userinfo")
      assert.strictEqual(sent[0]?.headers.get("authorization"), "Bearer opaque-token")
    }),
  )

  const malformed: ReadonlyArray<readonly [name: string, line: Line, problem: RegExp]> = [
    ["about another person", { json: { sub: "666" } }, /another person/],
    ["about nobody", { json: { email: "a@b.example" } }, /sub is missing/],
    ["about an empty name", { json: { sub: "" } }, /sub is missing/],
    ["about a number", { json: { sub: 248 } }, /sub is not a string/],
    ["a prototype", { body: '{"__proto__":{"sub":"248"}}' }, /sub is missing/],
    ["a signed JWT", { body: "a.b.c", headers: { "content-type": "Application/JWT" } }, /signed or encrypted JWT/],
    ["HTML", { body: "<html>", headers: { "content-type": "text/html" } }, /not JSON/],
    ["a list", { json: [] }, /not a JSON object/],
  ]
  for (const [name, line, problem] of malformed) {
    it.effect(`that is ${name} is refused`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask(line, { subject: "248" }))
        assert.strictEqual(error.explanation.code, "malformed_response")
        assert.match(error.message, problem)
      }),
    )
  }

  const refused: ReadonlyArray<readonly [line: Line, code: string]> = [
    [{ status: 401, body: "" }, "invalid_token"],
    [{ status: 401, json: { error: "invalid_token", error_description: "opaque-token expired" } }, "invalid_token"],
    [{ status: 403, body: "" }, "insufficient_scope"],
    [{ status: 403, json: { error: "insufficient_scope" } }, "insufficient_scope"],
    [{ status: 503, body: "" }, "unavailable"],
  ]
  for (const [line, code] of refused) {
    it.effect(`${JSON.stringify(line)} is ${code}`, () =>
      Effect.gen(function* () {
        const error = yield* Effect.flip(ask(line))
        assert.strictEqual(error.explanation.code, code)
        assert.notInclude(error.message, "opaque-token")
      }),
    )
  }

  it.effect("does not send what is no token", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(ask({ json: {} }, {}, "a\r\nx-injected: 1"))
      assert.strictEqual(error.explanation.code, "invalid_options")
    }),
  )
})
