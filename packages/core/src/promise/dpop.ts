import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { VerifyError, type VerifyReason } from "../errors/verify-error.ts"
import { TokenStore } from "../store/token-store.ts"
import { dpopBinding, type DpopPolicy } from "../verify/dpop-binding.ts"
import type { ReplayStore } from "../verify/dpop-options.ts"
import { makeReplayMemory } from "../verify/replay-memory.ts"
import type { SenderBinding } from "../verify/sender.ts"
import type { TokenStorage } from "./token-storage.ts"

/** Options of `dpop`. */
export interface DpopOptions extends Omit<DpopPolicy, "replays"> {
  /**
   * Remembers used proofs; several instances of an API must share one. It must not evict them early, as
   * `memoryStorage()` does when full.
   *
   * @default in this process, 100,000 at most, half of that per key; when full the answer is 503
   */
  readonly storage?: TokenStorage | undefined
}

/**
 * Lets an API accept tokens that are bound to a key, with a proof of possession for each request.
 *
 * @example bearerAuth({ issuer, audience, dpop: dpop({ publicUrl: "https://api.example" }) })
 *
 * @see RFC 9449 §7
 */
export const dpop = ({ storage, ...policy }: DpopOptions): SenderBinding => ({
  open: Effect.flatMap(
    storage === undefined ? Effect.sync(() => makeReplayMemory({ capacity: provenAtOnce })) : opened(storage),
    (replays: ReplayStore) => dpopBinding({ ...policy, replays }).open,
  ),
})

/** Never closed: an authorizer lives as long as the program. */
const opened = (store: TokenStorage) =>
  Effect.suspend(() => Scope.provide(store.services, Scope.makeUnsafe())).pipe(
    Effect.map((services) => Context.get(services, TokenStore)),
    // A storage fails with `InvalidOptions` only.
    Effect.mapError(({ reason }) => new VerifyError({ reason: reason as VerifyReason })),
  )

/** The maximum number of proofs that this process remembers: what one instance receives while a proof is valid. */
const provenAtOnce = 100_000
