import {
  type Client,
  type DelegationPolicy,
  type Discovery,
  exchangeWire,
  type Http,
  makeDelegation,
  makeMemoryStore,
  type SingleFlight,
  TokenStore,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import type { Delegates } from "./delegates.ts"

/** How a page trades the person's token for one of another API. */
export interface BrowserDelegation {
  readonly make: (client: Client) => Effect.Effect<Delegates["Service"], never, Discovery | Http | SingleFlight>
}

/**
 * By OAuth 2.0 Token Exchange; the issuer records who acts. What it brings is kept by the page alone, whatever its storage:
 * it is not part of the login, so no logout would reach it there.
 *
 * @see RFC 8693
 */
export const tokenExchange = (policy: DelegationPolicy = {}): BrowserDelegation => ({
  make: (client) =>
    Effect.provideService(
      makeDelegation({ ...policy, client, wire: exchangeWire, capacity }),
      TokenStore,
      makeMemoryStore({ capacity }),
    ),
})

/** Tokens of other APIs at hand. */
const capacity = 100
