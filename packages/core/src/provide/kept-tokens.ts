import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { TokenSet } from "../model/token-set.ts"
import { decodeTokenSet, encodeTokenSet } from "../model/token-set-json.ts"
import type { TokenStore } from "../store/token-store.ts"

/**
 * Token sets in a store, for tokens that can be acquired again: what cannot be read is a miss, and what cannot be written
 * is lost without harm. Both are logged.
 */
export const keptTokens = (store: TokenStore["Service"]) => {
  const read = Effect.fnUntraced(
    function* (key: string) {
      const stored = yield* store.get(key)
      if (stored === undefined) return undefined
      const set = decodeTokenSet(stored.value)
      return Result.isSuccess(set) ? set.success : undefined
    },
    Effect.catchTag("StoreError", (error) => Effect.as(Effect.logWarning(error.message), undefined)),
  )

  const write = Effect.fnUntraced(
    function* (key: string, set: TokenSet) {
      const ttl = Duration.millis(Math.max(0, set.expiresAt - (yield* Clock.currentTimeMillis)))
      yield* store.put(key, encodeTokenSet(set), { ttl })
    },
    Effect.catchTag("StoreError", (error) => Effect.logWarning(error.message)),
  )

  const forget = Effect.fnUntraced(
    function* (key: string, predicate: (set: TokenSet) => boolean) {
      const set = yield* read(key)
      if (set !== undefined && predicate(set)) yield* store.remove(key)
    },
    Effect.catchTag("StoreError", (error) => Effect.logWarning(error.message)),
  )

  return { read, write, forget }
}
