import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"
import { type KeyValueOptions, type KeyValueStorage, keyValueStore } from "../store/key-value.ts"
import type { TokenStore } from "../store/token-store.ts"

/**
 * Keeps tokens in Effect's `KeyValueStore`, with the guarantees of `keyValueStore` for an asynchronous storage: one
 * write per key at a time within this layer; several processes need a lock. `KeyValueStore.layerFileSystem` writes
 * files that other users of the machine can read: wrap it with `encryptedStore`.
 *
 * Follows `effect` ~4.1: `effect/persistence` is unstable and may change in a minor version.
 *
 * @example kvTokenStore().pipe(Layer.provide(KeyValueStore.layerMemory))
 */
export const kvTokenStore = (
  options: KeyValueOptions = {},
): Layer.Layer<TokenStore, never, KeyValueStore.KeyValueStore> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const storage = storageOver(yield* KeyValueStore.KeyValueStore, yield* Effect.context())
      return keyValueStore(() => storage, options)
    }),
  )

const storageOver = (store: KeyValueStore.KeyValueStore, context: Context.Context<never>): KeyValueStorage => {
  const run = Effect.runPromiseWith(context)
  return {
    getItem: (key) => run(store.get(key)),
    setItem: (key, value) => run(store.set(key, value)),
    removeItem: (key) => run(store.remove(key)),
  }
}
