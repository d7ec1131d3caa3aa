import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { StoreError } from "../errors/store-error.ts"

/**
 * Fails with `LockTimeout` if the lock around the current work may have passed to another holder, for instance because
 * the machine was asleep. It is answered locally. A write is guarded by the version it expects; this guards the step
 * that has no version and cannot be undone: every request to a token endpoint checks it last.
 */
export const lockHeld: Context.Reference<Effect.Effect<void, StoreError>> = /*#__PURE__*/ Context.Reference<
  Effect.Effect<void, StoreError>
>("@bearerkit/core/lockHeld", { defaultValue: () => Effect.void })
