import { Lock, makeKeyValueStore, makeMemoryLock, type TokenStorage, TokenStore } from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

/** Tokens in a table of this process; `rows` is what your database is. */
export const tableStorage = (rows = new Map<string, string>()): TokenStorage => {
  const table = {
    getItem: async (key: string) => rows.get(key),
    setItem: async (key: string, value: string) => void rows.set(key, value),
    removeItem: async (key: string) => void rows.delete(key),
  }
  return {
    services: Effect.sync(() =>
      Context.make(
        TokenStore,
        makeKeyValueStore(() => table),
      ).pipe(Context.add(Lock, makeMemoryLock())),
    ),
  }
}
