import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { SessionRecord } from "../../src/session/session-record.ts"
import { type LifetimeOptions, makeLifetime } from "../../src/session/session-lifetime.ts"
import { reasonOf } from "../support/reason.ts"

const now = 1_800_000_000_000
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const seen = (seenAt: number, endsAt: number) => ({ seenAt, endsAt }) as SessionRecord

describe("a session lasts", () => {
  it.effect("a day unused and a week at most, when nothing is said", () =>
    Effect.gen(function* () {
      const { endOf, latestEnd } = yield* makeLifetime({})
      assert.strictEqual(latestEnd({}, now), now + 7 * day)
      assert.strictEqual(endOf(seen(now, now + 7 * day)), now + day)
      assert.strictEqual(endOf(seen(now, now + hour)), now + hour)
    }),
  )

  it.effect("not longer than the issuer says, whose nonsense counts for nothing", () =>
    Effect.gen(function* () {
      const { latestEnd } = yield* makeLifetime({ absolute: "1 hour" })
      const expiring = (session_expiry: unknown) => latestEnd({ session_expiry }, now)
      assert.strictEqual(expiring(now / 1000 + 60.0005), now + minute)
      assert.strictEqual(expiring(now / 1000 + 7200), now + hour)
      assert.strictEqual(expiring(-5), 0)
      for (const nonsense of ["0", null, undefined, Number.NaN, Infinity, -Infinity, [0]])
        assert.strictEqual(expiring(nonsense), now + hour, String(nonsense))
    }),
  )
})

it.effect("its use is recorded after a tenth of the idle time, while that makes it last longer", () =>
  Effect.gen(function* () {
    const { isDue } = yield* makeLifetime({ idle: "10 minutes", absolute: "1 hour" })
    assert.isFalse(isDue(seen(now, now + hour), now + minute))
    assert.isTrue(isDue(seen(now, now + hour), now + minute + 1))
    assert.isFalse(isDue(seen(now, now + 10 * minute), now + 9 * minute))
    assert.isTrue(isDue(seen(now, now + 10 * minute + 1), now + 9 * minute))
  }),
)

describe("a lifetime cannot be", () => {
  for (const field of ["idle", "absolute"]) {
    for (const wrong of ["soon", "0 seconds", -1, Infinity, Number.NaN]) {
      it.effect(`${field}: ${wrong}`, () =>
        Effect.gen(function* () {
          const reason = yield* reasonOf(makeLifetime({ [field]: wrong } as LifetimeOptions))
          assert.deepInclude(reason, { _tag: "InvalidOptions", field, problem: "must be a duration" })
        }),
      )
    }
  }
})
