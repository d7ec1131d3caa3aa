import { setImmediate } from "node:timers/promises"
import type { KeyValueStorage } from "../../src/store/key-value.ts"

export interface MapStorage extends KeyValueStorage {
  readonly entries: Map<string, string>
}

/** A `Storage` that answers at once. */
export const mapStorage = (initial: Readonly<Record<string, string>> = {}): MapStorage => {
  const entries = new Map(Object.entries(initial))
  return {
    entries,
    getItem: (key) => entries.get(key) ?? null,
    setItem: (key, value) => void entries.set(key, value),
    removeItem: (key) => void entries.delete(key),
  }
}

/** A storage that answers later, each time after a turn of the event loop. */
export const asyncStorage = (inner: KeyValueStorage = mapStorage()): KeyValueStorage => ({
  getItem: async (key) => {
    await setImmediate()
    return inner.getItem(key)
  },
  setItem: async (key, value) => {
    await setImmediate()
    return inner.setItem(key, value)
  },
  removeItem: async (key) => {
    await setImmediate()
    return inner.removeItem(key)
  },
})
