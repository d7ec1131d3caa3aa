import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { StoreError } from "../errors/store-error.ts"
import { digestOf } from "../protocol/digest.ts"
import type { TokenStore } from "../store/token-store.ts"

/** Names that can be used once, such as those of logins and logout tokens. */
export interface UsedNames {
  readonly remember: (name: string, within: Duration.Duration) => Effect.Effect<void, StoreError>
  /** Whether the name has been used. */
  readonly isUsed: (name: string) => Effect.Effect<boolean, StoreError>
}

export const makeUsedNames = (store: TokenStore["Service"]): UsedNames => {
  const keyOf = (name: string) => Effect.map(digestOf(name), (digest) => `once:${digest}`)
  return {
    remember: (name, ttl) => Effect.flatMap(keyOf(name), (key) => Effect.asVoid(store.put(key, "1", { ttl }))),
    isUsed: (name) =>
      Effect.flatMap(keyOf(name), (key) => Effect.map(store.get(key), (stored) => stored !== undefined)),
  }
}
