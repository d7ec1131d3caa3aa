import * as Context from "effect/Context"
import * as Layer from "effect/Layer"
import type { AcquireError } from "../errors/acquire-error.ts"
import { type EncryptedOptions, encryptedStore } from "../store/encrypted.ts"
import { Lock, makeMemoryLock } from "../store/lock.ts"
import { makeMemoryStore, type MemoryOptions, TokenStore } from "../store/token-store.ts"

/**
 * What keeps tokens, and the lock that reaches as far as it does: the value that the adapters' `store` options take. Each
 * client builds the layer for itself and frees what it holds when it is closed; nothing is opened before the first use.
 *
 * Its error is `InvalidOptions` and nothing else.
 */
export interface TokenStorage {
  /** Built synchronously. */
  readonly layer: Layer.Layer<TokenStore | Lock, AcquireError>
}

/** What keeps only tokens that can be had again: it needs no lock, and a `TokenStorage` is one. */
export interface TokenCache {
  /** Built synchronously. */
  readonly layer: Layer.Layer<TokenStore, AcquireError>
}

/** Keeps tokens in this process, each client for itself. */
export const memoryStorage = (options: MemoryOptions = {}): TokenStorage => ({
  layer: Layer.syncContext(() =>
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
  return { layer: Layer.provideMerge(encryptedStore(options), storage.layer) }
}
