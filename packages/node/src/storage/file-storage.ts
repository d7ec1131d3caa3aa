import {
  invalidOptions,
  type KeyValueStorage,
  Lock,
  makeKeyValueStore,
  stopwatch,
  type StoreError,
  type TokenStorage,
  TokenStore,
} from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { join } from "node:path"
import { makeFileLock } from "./file-lock.ts"
import { makePrivateFiles, sha256 } from "./private-files.ts"
import { sweep } from "./sweep.ts"
import { userDirectory } from "./user-directory.ts"

/** Options of `fileStorage`. */
export interface FileStorageOptions {
  /**
   * Made if it is not there. Its folders `tokens` and `locks` are refused where other users can open them.
   *
   * @default userDirectory()
   */
  readonly directory?: string | undefined
}

/**
 * Keeps tokens in files that only this user can read (0600, in a directory of 0700), for all of the user's processes on
 * this machine: written whole or not at all, versioned, and locked. The lock of a process that was killed is taken over
 * at once; by another container that shares the directory, after 30 seconds. A process that writes removes expired
 * entries once an hour, in the background. The files are plain text: `encryptedStorage` encrypts them.
 *
 * A damaged file is an error for a login, and a miss with a warning for a token that can be acquired again.
 */
export const fileStorage = (options: FileStorageOptions = {}): TokenStorage => {
  const directory = options.directory ?? userDirectory()
  const [tokens, locks] = [join(directory, "tokens"), join(directory, "locks")]
  return {
    services: Effect.gen(function* () {
      if (directory === "") return yield* invalidOptions("directory", "is empty", whereFrom)
      const lock = makeFileLock(locks)
      return Context.make(TokenStore, yield* makeLockedStore({ tokens, locks }, lock)).pipe(Context.add(Lock, lock))
    }),
  }
}

const whereFrom = "Check that the variable it comes from is set."

/**
 * A store whose writes under one key wait for each other across processes. Expired entries are removed under the same
 * lock, by a process that writes and once an hour at most.
 */
const makeLockedStore = Effect.fnUntraced(function* (
  { tokens, locks }: { readonly tokens: string; readonly locks: string },
  { withLock }: Lock["Service"],
) {
  const files = makePrivateFiles(tokens)
  const store = storeIn(files)
  // a read that removes an expired entry could remove what another process writes at that moment
  const { get } = storeIn({ ...files, removeItem: () => undefined })
  const underLock = <A>(key: string, work: Effect.Effect<A, StoreError>) => withLock(`write:${key}`, work)

  const removeEnded = Effect.fnUntraced(function* (key: string) {
    if ((yield* get(key)) === undefined) yield* underLock(key, store.get(key))
  })
  const tidy = yield* hourly(sweep({ tokens, locks, removeEnded }))

  return {
    get: (key) => get(nameOf(key)),
    put: (key, value, putOptions) =>
      Effect.tap(underLock(nameOf(key), store.put(nameOf(key), value, putOptions)), tidy),
    remove: (key, removeOptions) => underLock(nameOf(key), store.remove(nameOf(key), removeOptions)),
  } satisfies TokenStore["Service"]
})

const storeIn = (files: KeyValueStorage): TokenStore["Service"] => makeKeyValueStore(() => files, { prefix: "" })

/** Reveals nothing to a reader of the directory. */
const nameOf = (key: string): string => sha256(`bearerkit:${key}`)

/** Starts the work in the background unless it ran within the hour; it ends with the layer at the latest. */
const hourly = (work: Effect.Effect<void, unknown>): Effect.Effect<Effect.Effect<void>, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    let age = (): number => Infinity
    return Effect.gen(function* () {
      if (age() < 3_600_000) return
      age = stopwatch(yield* Clock.Clock)
      yield* Effect.forkIn(Effect.interruptible(Effect.ignore(work)), scope)
    })
  })
