import type * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { AcquireError } from "../errors/acquire-error.ts"

/** A `TokenStorage` or a `TokenCache` as a layer. */
export const storageLayer = <S>(storage: {
  readonly services: Effect.Effect<Context.Context<S>, AcquireError, Scope.Scope>
}): Layer.Layer<S, AcquireError> => Layer.effectContext(storage.services)
