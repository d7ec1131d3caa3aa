import {
  type Client,
  Delegation,
  type DelegationPolicy,
  type Discovery,
  exchangeWire,
  type Http,
  type SingleFlight,
  TokenStore,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Delegates } from "./delegates.ts"

/** How a page trades the person's token for one of another API. */
export interface BrowserDelegation {
  readonly layer: (client: Client) => Layer.Layer<Delegates, never, Discovery | Http | SingleFlight>
}

/**
 * By OAuth 2.0 Token Exchange; the issuer records who acts. What it brings is kept by the page alone, whatever its storage:
 * it is not part of the login, so no logout would reach it there.
 *
 * @see RFC 8693
 */
export const tokenExchange = (policy: DelegationPolicy = {}): BrowserDelegation => ({
  layer: (client) =>
    Layer.effect(Delegates, Effect.service(Delegation)).pipe(
      Layer.provide(Delegation.layer({ ...policy, client, wire: exchangeWire, capacity })),
      Layer.provide(TokenStore.layerMemory({ capacity })),
    ),
})

/** Tokens of other APIs at hand. */
const capacity = 100
