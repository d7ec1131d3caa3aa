import { describe, expect, it } from "vitest"
import { problemBody } from "../../src/verify/problem.ts"

const problem = { type: "about:blank", title: "Forbidden", status: 403, detail: "Not this.", error: "x" } as const

describe("a problem", () => {
  it.each([
    null,
    "",
    "*/*",
    "application/json",
    "application/problem+json",
    "text/plain;q=0.5, application/*",
    "text/css",
  ])("is JSON for those who accept %j", (accept) => {
    const { contentType, body } = problemBody(problem, accept)
    expect(contentType).toBe("application/problem+json")
    expect(JSON.parse(body)).toEqual(problem)
  })

  it.each(["text/plain", "TEXT/HTML, */*;q=0.8", "application/json;q=0.1 , text/*;q=0.2"])(
    "is text for those who accept %j",
    (accept) => {
      expect(problemBody(problem, accept)).toEqual({
        contentType: "text/plain; charset=utf-8",
        body: "Forbidden: Not this.\n",
      })
    },
  )

  it("is told whatever else the header says", () => {
    for (const accept of [",".repeat(100_000), "text/plain;q=x", "text/plain;q=-1", ";;;q=;", "\u0000"])
      expect(problemBody(problem, accept).contentType).toBe("application/problem+json")
  })
})
