import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { jwtBearer, providedBy } from "../../src/acquire/jwt-bearer.ts"
import { scripted, scriptedClient } from "../support/scripted.ts"

const target = { audiences: [], resources: [], scopes: [], organization: undefined }

describe("an assertion that somebody provides", () => {
  for (const [name, provide, says] of [
    ["nothing", () => undefined, /is not a token: it is empty or no text/],
    ["empty text", () => "", /is not a token/],
    ["a header", async () => "Bearer a.b.c", /after the scheme/],
    ["a failure", () => Promise.reject(new RangeError("a.b.c is wrong")), /its source failed with RangeError/],
  ] as const) {
    it.effect(`that is ${name} is sent nowhere, and nothing of it is said`, () =>
      Effect.gen(function* () {
        const { network, sent } = scripted()
        const flow = jwtBearer(providedBy("drone", provide as () => string))
        const error = yield* Effect.flip(Effect.provide(flow.acquire(scriptedClient, target), network))
        assert.strictEqual(error.explanation.code, "supply_failed")
        assert.match(error.message, says)
        assert.notInclude(error.message, "a.b.c")
        assert.deepStrictEqual(sent, [])
      }),
    )
  }
})
