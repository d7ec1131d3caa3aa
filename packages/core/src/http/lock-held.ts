import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { StoreError } from "../errors/store-error.ts"

/**
 * Fails with `LockTimeout` when the lock around the work that asks may have passed to somebody else, as it does while a
 * machine sleeps. It answers without asking anybody. A write is guarded by the version it expects; this is for the step
 * that has no version and cannot be taken back: every request to a token endpoint asks it last.
 */
export const lockHeld: Context.Reference<Effect.Effect<void, StoreError>> = /*#__PURE__*/ Context.Reference<
  Effect.Effect<void, StoreError>
>("@bearerkit/core/lockHeld", { defaultValue: () => Effect.void })
