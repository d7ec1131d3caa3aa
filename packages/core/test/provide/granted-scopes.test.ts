import { assert, describe, it } from "@effect/vitest"
import type { Warning } from "../../src/acquire/flow.ts"
import type { TargetInput } from "../../src/model/target.ts"
import { makeScopeCheck } from "../../src/provide/granted-scopes.ts"

/** What is told of tokens with these scopes. */
const told = (...tokens: ReadonlyArray<readonly [target: TargetInput, scopes: ReadonlyArray<string>]>) => {
  const warnings: Array<Warning> = []
  const check = makeScopeCheck((warning) => warnings.push(warning))
  for (const [target, scopes] of tokens) check(target, { scopes })
  return warnings
}

describe("scopes that were not granted", () => {
  it("are told once of each target, however it was written", () => {
    const audience = "https://api.example"
    const [first, second, ...others] = told(
      [{ audience, scope: "write read" }, ["read"]],
      [{ audience: [audience], scope: ["read", "write"] }, []],
      [{ resource: "https://other.example", scope: "read" }, []],
    )
    assert.deepStrictEqual(others, [])
    assert.strictEqual(first?.name, "fewer-scopes")
    assert.match(first?.message ?? "", /did not grant write for https:\/\/api\.example:/)
    assert.match(second?.message ?? "", /did not grant read for https:\/\/other\.example:/)
  })

  for (const [name, scope, scopes] of [
    ["more than was asked for", "read", ["read", "write"]],
    ["nothing was asked for", undefined, []],
    ["commas between them", "repo gist", ["repo,gist"]],
    ["those of a login, which many servers do not repeat", "openid profile email offline_access read", ["read"]],
    ["those that another stands for", "https://graph.example/.default", ["User.Read"]],
  ] as const) {
    it(`are none: ${name}`, () => assert.deepStrictEqual(told([{ scope }, scopes]), []))
  }

  it("are none of a target that is none", () => {
    assert.deepStrictEqual(told([{ audience: "", scope: "read" }, []]), [])
  })
})
