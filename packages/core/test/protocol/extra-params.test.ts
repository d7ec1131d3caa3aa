import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { type ExtraParams, extraParams, sortedParams } from "../../src/protocol/extra-params.ts"
import { reasonOf } from "../support/reason.ts"

const so = (many: number): ExtraParams =>
  Object.fromEntries(Array.from({ length: many }, (_, index) => [`name${index}`, ""]))

describe("extra parameters", () => {
  it.effect("come in the order of their names, however they were written", () =>
    Effect.gen(function* () {
      const sorted: ReadonlyArray<readonly [string, string]> = [
        ["a", "1"],
        ["b", "2"],
        ["c", "3"],
      ]
      for (const extra of [
        { a: "1", b: "2", c: "3" },
        { c: "3", b: "2", a: "1" },
        { b: "2", c: "3", a: "1" },
      ])
        assert.deepStrictEqual(yield* extraParams(extra), sorted)
      assert.deepStrictEqual(yield* extraParams(undefined), [])
      assert.deepStrictEqual(sortedParams(), [])
    }),
  )

  it.effect("may be twenty, and empty", () =>
    Effect.gen(function* () {
      assert.lengthOf(yield* extraParams(so(20)), 20)
    }),
  )

  const wrong: ReadonlyArray<readonly [string, unknown, string]> = [
    ["the scope", { scope: "all" }, "must not set scope: there is an option for it"],
    ["what the flow sets", { prompt: "none" }, "must not set prompt: there is an option for it"],
    ["a name that is empty", { "": "x" }, "must map names to text"],
    ["a value that is no text", { good: "x", max_age: 5 }, "must map names to text"],
    ["too many", so(21), "has more than 20 values"],
  ]
  for (const [name, extra, problem] of wrong) {
    it.effect(`cannot be ${name}`, () =>
      Effect.gen(function* () {
        const reason = yield* reasonOf(extraParams(extra as ExtraParams, ["prompt"]))
        assert.deepStrictEqual(reason, { _tag: "InvalidOptions", field: "extra", problem })
      }),
    )
  }
})
