import type { AcquireError, CurrentLogin, Target } from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** Remembers for half a minute why a login was not renewed for a target. */
export interface Refusals {
  /** Fails with the remembered error, if there is one. */
  readonly check: (login: CurrentLogin, target: Target) => Effect.Effect<void, AcquireError>
  readonly learn: (login: CurrentLogin, target: Target, error: AcquireError) => Effect.Effect<void>
}

export const makeRefusals = (): Refusals => {
  const kept = new Map<string, { readonly error: AcquireError; readonly at: number }>()
  return {
    check: Effect.fnUntraced(function* (login, target) {
      const now = yield* Clock.currentTimeMillis
      // a clock that was set back prolongs nothing
      for (const [key, { at }] of kept) if (Math.abs(now - at) >= patience) kept.delete(key)
      const refusal = kept.get(keyOf(login, target))
      if (refusal !== undefined) return yield* refusal.error
    }),
    learn: (login, target, error) =>
      Effect.map(Clock.currentTimeMillis, (at) => void kept.set(keyOf(login, target), { error, at })),
  }
}

/** Milliseconds. */
const patience = 30_000

const keyOf = ({ id }: CurrentLogin, target: Target): string => JSON.stringify([id, target])
