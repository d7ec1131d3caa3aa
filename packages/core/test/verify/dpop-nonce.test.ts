import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import * as TestClock from "effect/testing/TestClock"
import { type DpopNonceOptions, dpopNonces } from "../../src/verify/dpop-nonce.ts"

const secret = "a secret that all instances of the API have"
const made = (options: Partial<DpopNonceOptions> = {}) => Result.getOrThrow(dpopNonces({ secret, ...options }).open())

describe("a nonce", () => {
  it.effect("is accepted in its time slot and the next, and not after", () =>
    Effect.gen(function* () {
      const { current, accepts } = made({ lifetime: "1 minute" })
      const nonce = yield* current
      assert.match(nonce, /^[\w-]{43}$/)
      for (const accepted of [true, true, false]) {
        assert.strictEqual(yield* accepts(nonce), accepted)
        yield* TestClock.adjust("1 minute")
      }
      assert.notStrictEqual(yield* current, nonce)
    }),
  )

  it.effect("is the same at all instances with the secret, and nothing to the others", () =>
    Effect.gen(function* () {
      const nonce = yield* made().current
      const bytes = new TextEncoder().encode(secret)
      for (const same of [secret, bytes, Redacted.make(secret)])
        assert.isTrue(yield* made({ secret: same }).accepts(nonce))
      assert.isFalse(yield* made({ secret: `${secret}!` }).accepts(nonce))
      assert.isFalse(yield* made({ lifetime: "1 minute" }).accepts(nonce))
    }),
  )

  it.effect("is not what anybody makes up", () =>
    Effect.gen(function* () {
      const { current, accepts } = made()
      const nonce = yield* current
      for (const other of ["", "0", nonce.slice(1), `${nonce}=`, nonce.toUpperCase()]) {
        assert.isFalse(yield* accepts(other), other)
      }
    }),
  )
})

it("options that are wrong are told, without the secret", () => {
  const wrong: ReadonlyArray<readonly [field: string, options: object]> = [
    ["nonces.secret", { secret: "short" }],
    ["nonces.secret", { secret: new Uint8Array(31) }],
    ["nonces.secret", { secret: undefined }],
    ["nonces.lifetime", { lifetime: "soon" }],
    ["nonces.lifetime", { lifetime: "2 hours" }],
    ["nonces.lifetime", { lifetime: 0 }],
  ]
  for (const [field, options] of wrong) {
    const opened = dpopNonces({ secret, ...options } as DpopNonceOptions).open()
    assert.deepInclude(Result.isFailure(opened) && opened.failure, { field })
    assert.notInclude(JSON.stringify(opened), secret)
  }
})
