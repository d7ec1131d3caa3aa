import * as Result from "effect/Result"
import * as fc from "fast-check"
import { assert, describe, it } from "vitest"
import { parseTarget, type TargetInput } from "../../src/model/target.ts"
import { makeTargetKeys } from "../../src/provide/target-key.ts"

const words = fc.constantFrom("a", "b", "a b", "b a", "\n", "")
const value = fc.option(fc.oneof(words, fc.array(words, { maxLength: 2 })), { nil: undefined })
const target = fc.record(
  { audience: value, resource: value, scope: value, organization: fc.option(words, { nil: undefined }) },
  { requiredKeys: [] },
)
const keyOf = (input: TargetInput): unknown => Result.merge(makeTargetKeys(1).keyOf(input))

describe("the key of a target", () => {
  it("does not depend on what was asked for before", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(target, fc.nat(2)), { maxLength: 20 }), (asked) => {
        const keys = makeTargetKeys(3)
        for (const [input, again] of asked) {
          for (let time = 0; time <= again; time++) {
            assert.deepEqual(Result.merge(keys.keyOf(input as TargetInput)), keyOf(input as TargetInput))
          }
        }
      }),
    )
  })

  it.each([null, 1, true, {}])("is refused, and not that of another target, where a member is %j", (value) => {
    for (const field of ["audience", "resource", "scope", "organization"]) {
      assert.deepInclude(keyOf({ [field]: value }), { field })
    }
  })

  it("is another for another member, whichever it is", () => {
    for (const field of ["audience", "resource", "scope", "organization"]) {
      const keys = makeTargetKeys(10)
      const [one, other, none] = [{ [field]: "urn:a" }, { [field]: "urn:b" }, {}].map((input) =>
        Result.getOrThrow(keys.keyOf(input)),
      )
      assert.strictEqual(new Set([one, other, none]).size, 3, field)
      if (field !== "organization") assert.strictEqual(Result.getOrThrow(keys.keyOf({ [field]: ["urn:b"] })), other)
    }
  })

  it.each([[null], [undefined], ["urn:a"], [5], [true]])("is none where the target is %j", (input) => {
    const keys = makeTargetKeys(10)
    keys.keyOf({})
    const wrong = input as unknown as TargetInput
    const told = Result.getOrThrow(Result.flip(parseTarget(wrong)))
    assert.deepEqual(Result.getOrThrow(Result.flip(keys.keyOf(wrong))), told)
  })

  it("is that of the target as it is now, though the object was asked for before", () => {
    const keys = makeTargetKeys(3)
    const changed: { audience: string; scope: string | Array<string> } = { audience: "a", scope: "x" }
    const sees = (): void => assert.deepEqual(Result.merge(keys.keyOf(changed)), keyOf(changed))
    for (const change of [
      () => (changed.audience = "b"),
      () => (changed.scope = ["x"]),
      () => (changed.scope as Array<string>).push("y"),
    ]) {
      sees()
      sees()
      change()
      sees()
    }
  })
})
