import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/testing/TestClock"
import { clockLayer } from "../../src/http/clock.ts"

/** Runs a test whose time is its own: it stands still until the test moves it. */
export const inVirtualTime = <A, E>(test: Effect.Effect<A, E, Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(test).pipe(Effect.provide(TestClock.layer())))

/** The wall clock of a machine, which a test can set while time passes as it does. */
export const wallClock = Effect.map(Clock.Clock, (virtual) => {
  const wall = { millisAhead: 0 }
  return { wall, layer: clockLayer(() => virtual.currentTimeMillisUnsafe() + wall.millisAhead) }
})
