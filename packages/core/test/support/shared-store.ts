import type * as Layer from "effect/Layer"
import { keyValueStore } from "../../src/store/key-value.ts"
import type { TokenStore } from "../../src/store/token-store.ts"

/** A store that other programs could use as well: tokens at hand have a copy in it. */
export const sharedStore = (): Layer.Layer<TokenStore> => {
  const entries = new Map<string, string>()
  return keyValueStore(() => ({
    getItem: (key) => entries.get(key),
    setItem: (key, value) => entries.set(key, value),
    removeItem: (key) => entries.delete(key),
  }))
}
