import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { TokenProvider } from "../../src/provide/token-provider.ts"
import { tokensAtHand } from "../../src/provide/tokens-at-hand.ts"
import { numbered, providing, token, valueOf } from "../support/numbered-flow.ts"

describe("tokensAtHand", () => {
  it.effect("says for whom and for how long, never the token; what is forgotten is not there any more", () =>
    Effect.gen(function* () {
      const { flow } = numbered()
      yield* Effect.gen(function* () {
        const provider = yield* TokenProvider
        assert.deepStrictEqual(tokensAtHand(provider), [])
        const value = valueOf(yield* token({ audience: "b a".split(" "), scope: "read" }))
        const [first, ...others] = tokensAtHand(provider)
        assert.deepStrictEqual(others, [])
        assert.deepInclude(first?.target, { audiences: ["a", "b"], scopes: ["read"] })
        assert.notInclude(JSON.stringify(first), value)
        assert.isAbove(first?.left ?? 0, 0)
        yield* TestClock.adjust(first?.left ?? 0)
        assert.strictEqual(tokensAtHand(provider)[0]?.left, 0)
        yield* provider.forget
        assert.deepStrictEqual(tokensAtHand(provider), [])
      }).pipe(Effect.provide(providing(flow)))
    }),
  )
})
