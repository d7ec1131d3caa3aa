import {
  type Client,
  Delegation,
  type DelegationPolicy,
  type Discovery,
  exchangeWire,
  type Http,
  type SingleFlight,
  type TokenStore,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Delegates } from "./delegates.ts"

/** How a page trades the person's token for one of another API. */
export interface BrowserDelegation {
  readonly layer: (client: Client) => Layer.Layer<Delegates, never, Discovery | Http | SingleFlight | TokenStore>
}

/**
 * By OAuth 2.0 Token Exchange; the issuer records who acts.
 *
 * @see RFC 8693
 */
export const tokenExchange = (policy: DelegationPolicy = {}): BrowserDelegation => ({
  layer: (client) =>
    Layer.effect(Delegates, Effect.service(Delegation)).pipe(
      Layer.provide(Delegation.layer({ ...policy, client, wire: exchangeWire })),
    ),
})
