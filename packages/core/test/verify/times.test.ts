import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import { makeVerifier } from "../../src/verify/access-token.ts"
import type { VerifierOptions } from "../../src/verify/verifier-options.ts"
import { audience, issuer, makeSigner, mint } from "./mint.ts"
import { expect, test } from "vitest"
import { inVirtualTime } from "./virtual-time.ts"

const signer = makeSigner("HS256")
const issuedAt = 1_800_000_000

/** What the verifier says of a token, so many seconds after it was issued for one minute. */
const after = Effect.fnUntraced(function* (
  seconds: number,
  claims: object = {},
  options: Partial<VerifierOptions> = {},
) {
  const verifier = yield* makeVerifier({ issuer, audience, keys: signer.keys, ...options })
  yield* TestClock.setTime((issuedAt + seconds) * 1000)
  const token = mint(signer, { claims: { iat: issuedAt, exp: issuedAt + 60, ...claims } })
  return yield* Effect.match(verifier.check(token), {
    onFailure: (error) => error,
    onSuccess: () => "accepted" as const,
  })
})

test("a token ends exactly when its time and the tolerance are over", () =>
  inVirtualTime(
    Effect.gen(function* () {
      expect(yield* after(0)).toBe("accepted")
      expect(yield* after(64.999)).toBe("accepted")
      expect(yield* after(65)).toMatchObject({ reason: { _tag: "OutsideValidity", claim: "exp", seconds: 5 } })
      expect(yield* after(60, {}, { clockTolerance: 0 })).toMatchObject({ reason: { claim: "exp", seconds: 0 } })
      expect(yield* after(59.999, {}, { clockTolerance: 0 })).toBe("accepted")
      expect(yield* after(359, {}, { clockTolerance: Duration.minutes(5) })).toBe("accepted")
    }),
  ))

test("a token begins with nbf, less the tolerance", () =>
  inVirtualTime(
    Effect.gen(function* () {
      expect(yield* after(0, { nbf: issuedAt + 5 })).toBe("accepted")
      expect(yield* after(0, { nbf: issuedAt + 6 })).toMatchObject({
        reason: { _tag: "OutsideValidity", claim: "nbf", seconds: 6 },
      })
    }),
  ))

test("a clock may be a minute slow, or as much as the tolerance says", () =>
  inVirtualTime(
    Effect.gen(function* () {
      expect(yield* after(-60)).toBe("accepted")
      expect(yield* after(-60, {}, { clockTolerance: 0 })).toBe("accepted")
      expect(yield* after(-61)).toMatchObject({ reason: { _tag: "OutsideValidity", claim: "iat", seconds: 61 } })
      expect(yield* after(-90, {}, { clockTolerance: "90 seconds" })).toBe("accepted")
      expect(yield* after(-91, {}, { clockTolerance: "90 seconds" })).toMatchObject({ reason: { seconds: 91 } })
    }),
  ))

test("a clock that is a day off is told, with the fix", () =>
  inVirtualTime(
    Effect.gen(function* () {
      const ahead = yield* after(86_400)
      expect(String(ahead)).toContain(
        "The token expired 86340 s ago. Get a new token. If the token was just issued, compare",
      )
      const behind = yield* after(-86_400)
      expect(String(behind)).toContain(
        "The token becomes valid in 86400 s by this machine's clock (iat). If the token was just issued, compare",
      )
    }),
  ))

test("time comes from the clock at each call, not from when the verifier was built", () =>
  inVirtualTime(
    Effect.gen(function* () {
      yield* TestClock.setTime(issuedAt * 1000)
      const verifier = yield* makeVerifier({ issuer, audience, keys: signer.keys })
      const token = mint(signer, { claims: { iat: issuedAt, exp: issuedAt + 60 } })
      expect(yield* Effect.exit(verifier.check(token))).toMatchObject({ _tag: "Success" })
      yield* TestClock.adjust("65 seconds")
      expect(yield* Effect.exit(verifier.check(token))).toMatchObject({ _tag: "Failure" })
    }),
  ))
