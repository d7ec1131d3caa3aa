import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { AcquireError } from "../errors/acquire-error.ts"
import { type EncryptedOptions, makeEncryptedStore } from "../store/encrypted.ts"
import { Lock, makeMemoryLock } from "../store/lock.ts"
import { makeMemoryStore, type MemoryOptions, TokenStore } from "../store/token-store.ts"

/**
 * What keeps tokens, and the lock that reaches as far as it does: the value that the adapters' `storage` options take. Each
 * client makes the services for itself and frees what they hold when it is closed; nothing is opened before the first use.
 *
 * Its error is `InvalidOptions` and nothing else.
 */
export interface TokenStorage {
  /** Made synchronously; `storageLayer` makes them a layer. */
  readonly services: Effect.Effect<Context.Context<TokenStore | Lock>, AcquireError, Scope.Scope>
}

/** What keeps only tokens that can be had again: it needs no lock, and a `TokenStorage` is one. */
export interface TokenCache {
  /** Made synchronously. */
  readonly services: Effect.Effect<Context.Context<TokenStore>, AcquireError, Scope.Scope>
}

/** Keeps tokens in this process, each client for itself. */
export const memoryStorage = (options: MemoryOptions = {}): TokenStorage => ({
  services: Effect.sync(() =>
    Context.make(TokenStore, makeMemoryStore(options)).pipe(Context.add(Lock, makeMemoryLock())),
  ),
})

/**
 * Seals what another storage keeps, as `encryptedStore` does; the lock stays as it is.
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
