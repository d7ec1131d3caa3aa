import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AcquireError } from "../errors/acquire-error.ts"
import { type EncryptedOptions, makeEncryptedStore } from "../store/encrypted.ts"
import { Lock, makeMemoryLock } from "../store/lock.ts"
import { makeMemoryStore, type MemoryOptions, TokenStore } from "../store/token-store.ts"

/**
 * A token store with a lock of the same reach: the value of the adapters' `storage` options. Each client makes the
 * services for itself and frees what they hold when it is closed; nothing is opened before the first use.
 *
 * It fails with `InvalidOptions` only.
 */
export interface TokenStorage {
  /** Made synchronously; `storageLayer` makes them a layer. */
  readonly services: Effect.Effect<Context.Context<TokenStore | Lock>, AcquireError, Scope.Scope>
}

/** A store for tokens that can be acquired again: it needs no lock. A `TokenStorage` is one. */
export interface TokenCache {
  /** Made synchronously. */
  readonly services: Effect.Effect<Context.Context<TokenStore>, AcquireError, Scope.Scope>
}

/** Keeps tokens in this process, separately for each client. */
export const memoryStorage = (options: MemoryOptions = {}): TokenStorage => ({
  services: Effect.sync(() =>
    Context.make(TokenStore, makeMemoryStore(options)).pipe(Context.add(Lock, makeMemoryLock())),
  ),
})

/**
 * Encrypts the values of another storage, as `encryptedStore` does; the lock is unchanged.
 *
 * @example encryptedStorage(redis({ url }), { keys: [derivedKey("2026-11", secret)] })
 */
export function encryptedStorage(storage: TokenStorage, options: EncryptedOptions): TokenStorage
export function encryptedStorage(storage: TokenCache, options: EncryptedOptions): TokenCache
export function encryptedStorage(storage: TokenCache, options: EncryptedOptions): TokenCache {
  return {
    services: Effect.flatMap(storage.services, (inner) =>
      Effect.map(makeEncryptedStore(Context.get(inner, TokenStore), options), (sealed) =>
        Context.add(inner, TokenStore, sealed),
      ),
    ),
  }
}
