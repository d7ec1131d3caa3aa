import * as Result from "effect/Result"
import { assert, describe, it } from "vitest"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { makeTargetKeys } from "../../src/provide/target-key.ts"

const wrong: ReadonlyArray<unknown> = [
  42,
  10n,
  true,
  null,
  {},
  () => "a",
  Symbol("a"),
  new Set(["a"]),
  [1],
  [1n],
  [null],
  [["a"]],
  [Symbol("a"), Symbol("b")],
  [{ toString: () => assert.fail("was read") }, "a"],
]

describe("a target", () => {
  it("is sorted and without repetition", () => {
    const { audiences, scopes } = Result.getOrThrow(parseTarget({ audience: ["b", "a", "b"], scope: " y x y " }))
    assert.deepStrictEqual(
      [audiences, scopes],
      [
        ["a", "b"],
        ["x", "y"],
      ],
    )
  })

  for (const field of ["audience", "resource", "scope", "organization"] as const) {
    it(`whose ${field} is no text says so, also where one that is written alike is known`, () => {
      const keys = makeTargetKeys(100)
      for (const right of ["1", "null", "42", "a"]) {
        keys.keyOf({ [field]: field === "resource" ? `urn:${right}` : right })
        if (field !== "organization") keys.keyOf({ [field]: [field === "resource" ? `urn:${right}` : right] })
      }
      for (const value of wrong) {
        const input = { [field]: value } as TargetInput
        const problem = { field, problem: "has a value that is not text" }
        assert.deepStrictEqual(Result.getOrThrow(Result.flip(parseTarget(input))), problem)
        assert.deepStrictEqual(Result.getOrThrow(Result.flip(keys.keyOf(input))), problem)
      }
    })
  }

  it("has one organization", () => {
    const input = { organization: ["acme"] } as unknown as TargetInput
    assert.isTrue(Result.isFailure(parseTarget(input)))
  })
})
