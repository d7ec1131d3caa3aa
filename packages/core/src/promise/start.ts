import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type { MaybePromise } from "../model/maybe-promise.ts"
import { isStageError, type StageError, toBearerError } from "./bearer-error.ts"

/** Runs synchronously as far as possible, and throws an error that is known by then; returns a promise for the rest. */
export const startWith = <R>(services: Context.Context<R>, options?: Effect.RunOptions) => {
  const fork = Effect.runForkWith(services)
  return <A, E extends StageError>(effect: Effect.Effect<A, E, R>): MaybePromise<A> => {
    const fiber = fork(effect, options)
    const exit = fiber.pollUnsafe()
    if (exit !== undefined) return valueOf(exit)
    const later = Effect.runPromise(Fiber.await(fiber)).then(valueOf)
    // It may fail before anything waits for it, which must not end the process.
    later.catch(() => undefined)
    return later
  }
}

/** The value of a program's exit; throws the error that a client rejects with. */
export const valueOf = <A>(exit: Exit.Exit<A, StageError>): A => {
  if (Exit.isSuccess(exit)) return exit.value
  throw rejectionOf(exit.cause)
}

/** The error that a Promise client rejects with. */
export const rejectionOf = (cause: Cause.Cause<StageError>): unknown => {
  if (Cause.hasInterruptsOnly(cause)) return new DOMException("The operation was aborted", "AbortError")
  const error = Cause.squash(cause)
  return isStageError(error) ? toBearerError(error) : error
}
