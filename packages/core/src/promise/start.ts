import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { MaybePromise } from "../model/maybe-promise.ts"
import { isStageError, type StageError, toBearerError } from "./bearer-error.ts"

/** Goes as far as it goes at once, and throws what is known by then; gives a promise for what takes longer. */
export const startWith = <R>(services: Context.Context<R>, options?: Effect.RunOptions) => {
  const fork = Effect.runForkWith(services)
  return <A, E extends StageError>(effect: Effect.Effect<A, E, R>): MaybePromise<A> => {
    const fiber = fork(effect, options)
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return valueOf(exit)
    const later = Effect.runPromise(Fiber.await(fiber)).then(valueOf)
    // It may fail before anybody waits for it, which must not end the process.
    later.catch(() => undefined)
    return later
  }
}

/** What came of a program, or a throw of what a client rejects with. */
export const valueOf = <A>(exit: Exit.Exit<A, StageError>): A => {
  if (Exit.isSuccess(exit)) return exit.value
  throw rejectionOf(exit.cause)
}

/** What a Promise client rejects with. */
export const rejectionOf = (cause: Cause.Cause<StageError>): unknown => {
  if (Cause.hasInterruptsOnly(cause)) return new DOMException("The operation was aborted", "AbortError")
  const error = Cause.squash(cause)
  return isStageError(error) ? toBearerError(error) : error
}
