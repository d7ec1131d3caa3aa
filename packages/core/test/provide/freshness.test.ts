import { assert, describe, it } from "@effect/vitest"
import * as Redacted from "effect/Redacted"
import * as fc from "fast-check"
import type { TokenSet } from "../../src/model/token-set.ts"
import { freshnessOf } from "../../src/provide/freshness.ts"

const living = (receivedAt: number, lifetime: number): TokenSet => ({
  accessToken: Redacted.make("t"),
  tokenType: "Bearer",
  receivedAt,
  expiresAt: receivedAt + lifetime,
  scopes: [],
  presented: "access_token",
})

describe("freshness", () => {
  it("ends softly before it ends hard, and hard before the token does", () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 41),
        fc.integer({ min: -1000, max: 10 ** 9 }),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (now, lifetime, jitter) => {
          const { soft, hard } = freshnessOf(living(now, lifetime), jitter)
          assert.isAtMost(soft, hard)
          assert.isAtMost(hard, now + lifetime)
          if (lifetime >= 2) assert.isBelow(hard, now + lifetime)
          if (lifetime > 0) assert.isAtLeast(soft, now + lifetime * 0.45 - 1)
        },
      ),
    )
  })

  it("does not renew a short token on every call (a window longer than the life)", () => {
    const { soft, hard } = freshnessOf(living(0, 60_000), 0.5)
    assert.strictEqual(soft, 30_000)
    assert.strictEqual(hard, 54_000)
  })

  it("is lost at 80 % of a life, five minutes before a shorter one ends, and in the middle of the shortest", () => {
    const hour = 3_600_000
    for (const [lifetime, soft, hard] of [
      [hour, 0.8 * hour, hour - 10_000],
      [1_200_000, 900_000, 1_190_000],
      [600_000, 300_000, 590_000],
      [60_000, 30_000, 54_000],
      [0, 0, 0],
    ] as const)
      assert.deepStrictEqual(freshnessOf(living(7, lifetime), 0.5), { soft: 7 + soft, hard: 7 + hard })
  })

  it("is lost up to a tenth sooner or later", () => {
    const softs = [0, 0.5, 1].map((jitter) => freshnessOf(living(0, 1_000_000), jitter).soft)
    for (const [index, expected] of [630_000, 700_000, 770_000].entries())
      assert.closeTo(softs[index] ?? 0, expected, 1e-6)
  })
})
