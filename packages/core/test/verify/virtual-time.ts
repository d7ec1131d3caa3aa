import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"

/** Runs a test whose time is its own: it stands still until the test moves it. */
export const inVirtualTime = <A, E>(test: Effect.Effect<A, E, Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(test).pipe(Effect.provide(TestClock.layer())))
