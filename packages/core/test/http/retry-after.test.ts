import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import { parseRetryAfter } from "../../src/http/retry-after.ts"

const now = Date.parse("2026-11-22T12:00:00Z")
const seconds = (headers: Record<string, string>): number | undefined => {
  const duration = parseRetryAfter(new Headers(headers), now)
  return duration && Duration.toSeconds(duration)
}

describe("parseRetryAfter", () => {
  const rows: ReadonlyArray<readonly [string, number | undefined]> = [
    ["0", 0],
    ["7", 7],
    ["3600", 3600],
    ["999999", 3600],
    ["9".repeat(11), 3600],
    ["Sun, 22 Nov 2026 12:00:30 GMT", 30],
    ["Sun, 22 Nov 2026 11:00:00 GMT", 0],
    ["-1", undefined],
    ["-1", undefined],
    ["1e9", undefined],
    ["soon", undefined],
    ["", undefined],
  ]
  for (const [value, expected] of rows) {
    it(`reads ${JSON.stringify(value)} as ${expected}`, () => {
      assert.strictEqual(seconds({ "retry-after": value }), expected)
    })
  }

  it("takes the end of the rate limit where there is nothing better", () => {
    const reset = String(now / 1000 + 12)
    assert.strictEqual(seconds({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset }), 12)
    assert.strictEqual(seconds({ "x-ratelimit-remaining": "3", "x-ratelimit-reset": reset }), undefined)
    assert.strictEqual(seconds({ "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset, "retry-after": "5" }), 5)
  })
})
