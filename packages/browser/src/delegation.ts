import {
  type Client,
  type DelegationPolicy,
  type Discovery,
  exchangeWire,
  type Http,
  makeDelegation,
  makeMemoryStore,
  parseTarget,
  type SingleFlight,
  type TargetInput,
  type Token,
  type TokenAtHand,
  TokenStore,
} from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Delegates } from "./delegates.ts"

/** How a page trades the person's token for one of another API. */
export interface BrowserDelegation {
  readonly make: (client: Client) => Effect.Effect<Delegates["Service"], never, Discovery | Http | SingleFlight>
}

/**
 * Trades tokens by OAuth 2.0 Token Exchange; the issuer records the actor. The new tokens are kept in this page only,
 * whatever its storage: they are not part of the login, so a logout would not remove them elsewhere.
 *
 * @see RFC 8693
 */
export const tokenExchange = (policy: DelegationPolicy = {}): BrowserDelegation => ({
  make: Effect.fnUntraced(function* (client: Client) {
    const clock = yield* Clock.Clock
    const { delegate } = yield* Effect.provideService(
      makeDelegation({ ...policy, client, wire: exchangeWire, capacity }),
      TokenStore,
      makeMemoryStore({ capacity }),
    )
    /** The latest tokens by target, without their values. */
    const latest = new Map<string, Omit<TokenAtHand, "left">>()
    const note = (input: TargetInput, { type, expiresAt, scopes, login }: Token): void => {
      const target = Result.getOrThrow(parseTarget(input))
      if (latest.size >= capacity) latest.clear()
      latest.set(JSON.stringify(target), { target, type, expiresAt, scopes, login })
    }
    return {
      delegate: ({ value, expiresAt, login }: Token, target: TargetInput) =>
        Effect.tap(delegate(value, target, { expiresAt }), (token) =>
          Effect.sync(() => note(target, { ...token, login })),
        ),
      known: () =>
        Array.from(latest.values(), (token) => ({ ...token, left: token.expiresAt - clock.currentTimeMillisUnsafe() })),
    } satisfies Delegates["Service"]
  }),
})

/** The maximum number of traded tokens. */
const capacity = 100
