import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import type { MaybePromise } from "../model/maybe-promise.ts"
import { BearerError, type StageError } from "./bearer-error.ts"
import { rejectionOf, startWith, valueOf } from "./start.ts"

/** Options of one call. */
export interface RunOptions {
  readonly signal?: AbortSignal | null | undefined
}

/** Runs the programs of one client as promises. */
export interface Runner<R> {
  /** Rejects with a `BearerError`, or with the signal's reason if it is aborted. */
  readonly run: <A, E extends StageError>(effect: Effect.Effect<A, E, R>, options?: RunOptions) => Promise<A>
  /**
   * Runs synchronously as far as possible, and throws an error that is known by then; returns a promise for the rest.
   */
  readonly start: <A, E extends StageError>(effect: Effect.Effect<A, E, R>) => MaybePromise<A>
  /** Gets a service, for its plain functions, or makes one from the others; throws on invalid options. */
  readonly take: <A, E extends StageError>(service: Effect.Effect<A, E, R | Scope.Scope>) => A
  /** Interrupts running programs and frees resources; waits for a refresh token that is being spent. */
  readonly close: () => Promise<void>
}

/**
 * The seam for adapters: services in, promises out. Throws a `BearerError` at once if their options are invalid.
 *
 * @param made must run synchronously and open nothing before the first call; `Layer.build(layer)` makes the services of
 *   a layer
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
    // in the context of `run`, so that a service is not given its own dependencies a second time
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
