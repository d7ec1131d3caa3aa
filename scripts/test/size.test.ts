import { describe, expect, it } from "vitest"
import { type Budget, budgets, problemsOf } from "../size/budget.ts"
import { bundle } from "../size/bundle.ts"

const [verification, , codeFlow] = budgets as [Budget, Budget, Budget]

describe("a bundle", () => {
  it.each(budgets.map((budget) => [budget.name, budget] as const))("is within its budget: %s", async (_, budget) => {
    expect(problemsOf(budget, await bundle(budget.entry, budget.conditions))).toEqual([])
  })

  it("that weighs a byte more than its budget is refused", async () => {
    const built = await bundle(verification.entry)
    const { bytes } = built
    expect(problemsOf({ ...verification, maxBytes: bytes }, built)).toEqual([])
    expect(problemsOf({ ...verification, maxBytes: bytes - 1 }, built)).toEqual([
      `${verification.name}: ${bytes} bytes, 1 more than the ${bytes - 1} of its budget`,
    ])
  })

  it("of a verifier with code of another stage in it is refused by the names of the files", async () => {
    const problems = problemsOf({ ...verification, maxBytes: Infinity }, await bundle(codeFlow.entry))
    expect(problems).toContain(
      `${verification.name}: contains packages/core/src/acquire/authorization-code.ts, which does not belong into it`,
    )
    for (const stage of ["acquire", "store", "provide", "call"]) {
      expect(problems.some((problem) => problem.includes(`/src/${stage}/`))).toBe(true)
    }
    expect(problems.some((problem) => problem.includes("/src/verify/"))).toBe(false)
  })

  it("tells whose its bytes are", async () => {
    const { shares, modules, minifiedBytes } = await bundle(verification.entry)
    expect(shares.effect).toBeGreaterThan(shares.ours)
    expect(shares.effect + shares.ours + shares.jose + shares.other).toBeLessThanOrEqual(1)
    expect(modules.some(({ path }) => path.endsWith("effect/dist/internal/effect.js"))).toBe(true)
    expect(minifiedBytes).toBeGreaterThan(30_000)
  })
})
