import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Claims } from "../model/claims.ts"
import type { Later } from "../model/later.ts"
import { TokenStore } from "../store/token-store.ts"
import { type Authorizer, makeAuthorizer } from "../verify/authorize.ts"
import type { AuthorizePolicy } from "../verify/authorize-options.ts"
import type { DpopPolicy } from "../verify/sender.ts"
import type { TokenOrigins } from "../verify/token-verifier.ts"
import { networkLayer, type NetworkOptions } from "./network.ts"
import { makeRunner } from "./runner.ts"
import { memoryStorage, type TokenStorage } from "./token-storage.ts"

export interface DpopOptions extends Omit<DpopPolicy, "replays"> {
  /** Where used proofs are remembered: for several instances of an API one that they share. @default in this process */
  readonly store?: TokenStorage | undefined
}

/** What `startAuthorizer` is given: the policy of `makeAuthorizer`, with a store that it opens by itself. */
export type AuthorizerOptions<C = Claims> = Omit<AuthorizePolicy<C>, "dpop"> &
  TokenOrigins & {
    /** Takes tokens that are bound to a key, with a proof of it (RFC 9449). @default such tokens are refused */
    readonly dpop?: DpopOptions | undefined
  }

/**
 * The authorizer of an adapter. Wrong options throw a `BearerError` here; nothing is requested before the first token. An
 * API goes by its own clock, not by what issuers say.
 */
export const startAuthorizer = <C = Claims>(
  options: AuthorizerOptions<C>,
  network: NetworkOptions = {},
): Later<Authorizer<C>> => {
  const { dpop } = options
  const layer = networkLayer({ ...network, now: network.now ?? Date.now })
  if (dpop === undefined) return makeRunner(layer).start(makeAuthorizer<C>({ ...options, dpop }))
  const { store = memoryStorage({ capacity: provenAtOnce }), ...policy } = dpop
  const authorizer = Effect.flatMap(TokenStore, (replays) =>
    makeAuthorizer<C>({ ...options, dpop: { ...policy, replays } }),
  )
  return makeRunner(Layer.merge(layer, store.layer)).start(authorizer)
}

/** Proofs that are remembered in this process: what one instance gets within the time that a proof is good for. */
const provenAtOnce = 100_000
