import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { MaybePromise } from "../model/maybe-promise.ts"
import { BearerError, type StageError } from "./bearer-error.ts"
import { rejectionOf, startWith, valueOf } from "./start.ts"

export interface RunOptions {
  readonly signal?: AbortSignal | null | undefined
}

/** Runs the programs of one client as promises. */
export interface Runner<R> {
  /** Rejects with a `BearerError`, or with the signal's reason when it was aborted. */
  readonly run: <A, E extends StageError>(effect: Effect.Effect<A, E, R>, options?: RunOptions) => Promise<A>
  /** Goes as far as it goes at once, and throws what is known by then; gives a promise for what takes longer. */
  readonly start: <A, E extends StageError>(effect: Effect.Effect<A, E, R>) => MaybePromise<A>
  /** Takes one of the services, for its plain functions, or makes one over them; throws what is wrong with its options. */
  readonly take: <A, E extends StageError>(service: Effect.Effect<A, E, R | Scope.Scope>) => A
  /** Interrupts what is under way and frees what is held; waits for a refresh token that is being spent. */
  readonly close: () => Promise<void>
}

/**
 * The seam for adapters: services in, promises out. Throws a `BearerError` at once when their options are wrong.
 *
 * @param made synchronously: they open nothing before the first call; `Layer.build(layer)` makes those of a layer
 */
export const makeRunner = <R, E extends StageError>(
  made: Effect.Effect<Context.Context<R>, E, Scope.Scope>,
): Runner<R> => {
  const scope = Scope.makeUnsafe()
  const services = Context.add(valueOf(Effect.runSyncExit(Scope.provide(made, scope))), Scope.Scope, scope)
  // closed before the services are
  const running = Scope.forkUnsafe(scope, "parallel")
  const onFiberStart = (fiber: Fiber.Fiber<unknown, unknown>): void => void Fiber.runIn(fiber, running)
  let closed = false
  return {
    run: async (effect, { signal } = {}) => {
      signal?.throwIfAborted()
      if (closed) throw closedError()
      const exit = await Effect.runPromiseExitWith(services)(effect, { onFiberStart, ...(signal && { signal }) })
      if (Exit.isSuccess(exit)) return exit.value
      signal?.throwIfAborted()
      throw closed ? closedError() : rejectionOf(exit.cause)
    },
    start: startWith(services, { onFiberStart }),
    // in the very context of `run`, so that what a service was made with is not provided to it a second time
    take: (service) => valueOf(Effect.runSyncExit(Effect.updateContext(service, () => services))),
    close: () => {
      closed = true
      return Effect.runPromise(Scope.close(scope, Exit.void))
    },
  }
}

const closedError = (): BearerError => {
  const fix = "Create a new client, or close this one later."
  return new BearerError("closed", `The client is closed. ${fix}`, { fix })
}
