import { Lock, type TokenStorage, TokenStore } from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"

/** The store and the lock of a storage of their own, as another process has them. */
export const opened = (
  storage: TokenStorage,
): Effect.Effect<TokenStore["Service"] & Lock["Service"], unknown, Scope.Scope> =>
  Effect.gen(function* () {
    const context = yield* storage.services
    return { ...Context.get(context, TokenStore), ...Context.get(context, Lock) }
  })
