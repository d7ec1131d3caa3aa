import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { test } from "vitest"
import { challengeOf, makePkce } from "../../src/protocol/pkce.ts"
import { readVectors } from "../jws/vectors.ts"

interface PkceVector {
  readonly kind: string
  readonly verifier: string
  readonly challenge: string
}

test("the challenge is that of RFC 7636 appendix B", async () => {
  const vectors = readVectors<ReadonlyArray<PkceVector>>("rfc-vectors.json").filter(({ kind }) => kind === "pkce")
  assert.lengthOf(vectors, 1)
  for (const { verifier, challenge } of vectors) {
    assert.strictEqual(await Effect.runPromise(challengeOf(verifier)), challenge)
  }
})

it.effect("a verifier has 256 bits, the characters that are allowed, and is new each time", () =>
  Effect.gen(function* () {
    const made = yield* Effect.all(Array.from({ length: 50 }, () => makePkce))
    const verifiers = made.map(({ verifier }) => Redacted.value(verifier))
    for (const verifier of verifiers) assert.match(verifier, /^[A-Za-z0-9_-]{43}$/)
    assert.strictEqual(new Set(verifiers).size, 50)
    assert.strictEqual(made[0]?.challenge, yield* challengeOf(verifiers[0] ?? ""))
    assert.notInclude(JSON.stringify(made), verifiers[0] ?? "missing")
  }),
)

it.effect("a page without WebCrypto is told why", () =>
  Effect.gen(function* () {
    const subtle = Object.getOwnPropertyDescriptor(Crypto.prototype, "subtle") as PropertyDescriptor
    Object.defineProperty(Crypto.prototype, "subtle", { configurable: true, get: () => undefined })
    const error = yield* Effect.flip(makePkce)
    Object.defineProperty(Crypto.prototype, "subtle", subtle)
    assert.deepInclude(error.reason, { _tag: "InvalidOptions", field: "origin" })
    assert.include(error.message, "https")
  }),
)
