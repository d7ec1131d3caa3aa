import { keyValueStore, Lock, type TokenStorage, TokenStore } from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { join } from "node:path"
import { makeFileLock } from "./file-lock.ts"
import { makePrivateFiles } from "./private-files.ts"
import { userDirectory } from "./user-directory.ts"

export interface FileStorageOptions {
  /** Made if it is not there; one that other users can open is refused. @default userDirectory() */
  readonly directory?: string
}

/**
 * Keeps tokens in files that only this user can read (0600, in a directory of 0700), for all of the user's processes on
 * this machine: written whole or not at all, versioned, and locked. The lock of a process that was killed is taken over
 * at once; by another container that shares the directory, after 30 seconds. What a file holds is plain text: `encryptedStorage` seals it.
 *
 * A file that is not as it was written is an error to a login, and a miss with a warning to whatever can be had again.
 */
export const fileStorage = (options: FileStorageOptions = {}): TokenStorage => {
  const directory = options.directory ?? userDirectory()
  return { layer: Layer.provideMerge(lockedStore(join(directory, "tokens")), lockIn(join(directory, "locks"))) }
}

const lockIn = (directory: string): Layer.Layer<Lock> => Layer.effect(Lock, makeFileLock(directory))

/** A store whose writes under one key wait for each other, in whichever process they are. */
const lockedStore = (directory: string): Layer.Layer<TokenStore, never, Lock> =>
  Layer.effect(
    TokenStore,
    Effect.gen(function* () {
      const store = yield* TokenStore
      const { withLock } = yield* Lock
      return {
        get: store.get,
        put: (key, value, putOptions) => withLock(`write:${key}`, store.put(key, value, putOptions)),
        remove: (key, removeOptions) => withLock(`write:${key}`, store.remove(key, removeOptions)),
      }
    }),
  ).pipe(Layer.provide(Layer.suspend(() => filesIn(directory))))

const filesIn = (directory: string): Layer.Layer<TokenStore> => {
  const files = makePrivateFiles(directory)
  return keyValueStore(() => files)
}
