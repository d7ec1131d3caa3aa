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
})
