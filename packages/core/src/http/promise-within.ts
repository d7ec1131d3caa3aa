import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"

/**
 * Runs a promise with a time limit; fails with its rejection, or with `late`. The signal is aborted when nobody waits
 * any more. The timer is a fiber of its own, which costs half of what a race does.
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
