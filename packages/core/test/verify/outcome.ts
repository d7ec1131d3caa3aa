import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import type { Verifier } from "../../src/verify/access-token.ts"
import type { KeyServer } from "./key-server.ts"
import { mint, nowSeconds, type Signer } from "./mint.ts"

/** A test's time begins when the test does: test files share their modules, and tokens are of the wall clock's time. */
export const start = Effect.suspend(() => TestClock.setTime(nowSeconds() * 1000))

/** A token that is valid at the test's time, a day from now included. */
export const token = (server: KeyServer, signer: Signer, claims: object = {}): string =>
  mint(signer, { claims: { ...valid(server), ...claims } })

export const valid = ({ issuer: iss }: KeyServer) => ({
  iss,
  iat: nowSeconds(),
  exp: nowSeconds() + 10 * 86_400,
})

/** Whether a token is accepted, or why not. */
export const outcome = (verifier: Verifier, text: string) =>
  Effect.match(verifier.check(text), { onFailure: ({ reason }) => reason, onSuccess: () => "accepted" as const })

export const outcomes = (count: number, verifier: Verifier, text: (index: number) => string) =>
  Effect.all(
    Array.from({ length: count }, (_, index) => outcome(verifier, text(index))),
    { concurrency: "unbounded" },
  )

export const accepted = (count: number) => Array.from({ length: count }, () => "accepted")

/** What comes out when exactly so many seconds pass. */
export const within = Effect.fnUntraced(function* <A>(seconds: number, effect: Effect.Effect<A>) {
  const fiber = yield* Effect.forkChild(effect, { startImmediately: true })
  yield* TestClock.adjust(seconds * 1000)
  return yield* Fiber.join(fiber)
})
