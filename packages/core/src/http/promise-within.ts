import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/**
 * What a promise brings in time; fails with what it is rejected with, or with `late`. Its signal is aborted when nobody
 * waits for it any more. It waits in its own fiber, which costs half of what a race of two does.
 */
export const promiseWithin = <A>(
  duration: Duration.Duration,
  work: (signal: AbortSignal) => Promise<A>,
  late: () => unknown,
): Effect.Effect<A, unknown> =>
  Effect.flatMap(Effect.context<never>(), (context) =>
    Effect.callback((resume) => {
      const controller = new AbortController()
      const timer = Effect.runForkWith(context)(Effect.sleep(duration))
      const settle = (outcome: Effect.Effect<A, unknown>): void => {
        timer.interruptUnsafe()
        resume(outcome)
      }
      timer.addObserver((exit) => {
        if (Exit.isFailure(exit)) return
        controller.abort()
        resume(Effect.fail(late()))
      })
      work(controller.signal).then(
        (value) => settle(Effect.succeed(value)),
        (cause: unknown) => settle(Effect.fail(cause)),
      )
      return Effect.sync(() => {
        timer.interruptUnsafe()
        controller.abort()
      })
    }),
  )
