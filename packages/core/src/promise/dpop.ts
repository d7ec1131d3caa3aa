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

export interface DpopOptions extends Omit<DpopPolicy, "replays"> {
  /**
   * Where used proofs are remembered: for several instances of an API one that they share. It must not forget them before
   * their time, as `memoryStorage()` does when it is full.
   *
   * @default in this process, 100,000 at most and half of that of one key: where no more fit the answer is 503
   */
  readonly storage?: TokenStorage | undefined
}

/**
 * Lets an API take tokens that are bound to a key, with a proof of it for each request.
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

/** It lives as long as the program: an authorizer has no end. */
const opened = (store: TokenStorage) =>
  Effect.suspend(() => Scope.provide(store.services, Scope.makeUnsafe())).pipe(
    Effect.map((services) => Context.get(services, TokenStore)),
    // Options are all that a storage may fail with.
    Effect.mapError(({ reason }) => new VerifyError({ reason: reason as VerifyReason })),
  )

/** Proofs that are remembered in this process: what one instance gets within the time that a proof is good for. */
const provenAtOnce = 100_000
