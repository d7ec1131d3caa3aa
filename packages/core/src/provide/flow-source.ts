import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Flow } from "../acquire/flow.ts"
import { Http } from "../http/client.ts"
import { provideCaptured } from "../http/provide-captured.ts"
import type { Target } from "../model/target.ts"
import type { Token, TokenSet } from "../model/token-set.ts"
import { decodeTokenSet, encodeTokenSet } from "../model/token-set-json.ts"
import type { Client } from "../protocol/client.ts"
import { Discovery } from "../protocol/discovery.ts"
import { observedStore } from "../store/observed-store.ts"
import { TokenStore } from "../store/token-store.ts"
import { count, warn } from "../telemetry/telemetry.ts"
import { cacheKey, storeKey } from "./cache-key.ts"
import { usableUntil } from "./freshness.ts"
import { acquireWithRetries } from "./renewal.ts"
import { presents, type TokenSource } from "./token-source.ts"

/**
 * Token sets of a repeatable flow, with one entry of the store per target. A failed read is a miss and a failed write
 * is dropped, harmlessly; both are logged. A store of this process alone is not used: the provider caches the tokens
 * anyway.
 */
export const makeFlowSource: (
  client: Client,
) => Effect.Effect<(flow: Flow) => TokenSource, never, Discovery | Http | TokenStore> = Effect.fnUntraced(
  function* (client) {
    const tokens = yield* TokenStore
    const network = yield* Effect.context<Discovery | Http>()
    const acquire = (flow: Flow, target: Target) => provideCaptured(network, acquireWithRetries(flow, client, target))
    if (tokens.inProcess === true) return (flow) => ({ obtain: (target) => acquire(flow, target) })
    const store = observedStore(tokens)

    const read = Effect.fnUntraced(
      function* (key: string) {
        const stored = yield* store.get(key)
        const set = stored && decodeTokenSet(stored.value)
        return set !== undefined && Result.isSuccess(set) ? set.success : undefined
      },
      Effect.catch((error) => Effect.map(warn(error.message), () => undefined)),
    )
    const write = Effect.fnUntraced(
      function* (key: string, set: TokenSet) {
        const ttl = Duration.millis(Math.max(0, set.expiresAt - (yield* Clock.currentTimeMillis)))
        yield* store.put(key, encodeTokenSet(set), { ttl })
      },
      Effect.catch((error) => warn(error.message)),
    )

    return (flow) => ({
      obtain: Effect.fnUntraced(function* (target: Target, refused: Token | undefined) {
        const key = yield* storeKey(cacheKey(client, flow, target))
        const kept = yield* read(key)
        const fresh = kept !== undefined && usableUntil(kept) > (yield* Clock.currentTimeMillis)
        if (fresh && !presents(kept, refused)) {
          yield* count("cache_hit", { level: "store" })
          return kept
        }
        const set = yield* acquire(flow, target)
        yield* write(key, set)
        return set
      }),
    })
  },
)
