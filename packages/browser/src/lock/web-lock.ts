import { type Lock, type LockOptions, makeMemoryLock, StoreError, underLock } from "@bearerkit/core"
import * as Effect from "effect/Effect"

/**
 * Runs one piece of work at a time among all tabs of the origin. The browser frees the lock of a closed tab. Without
 * Web Locks, as outside a secure context, the lock holds in this page only, and the versions of the store do the rest.
 *
 * @see Web Locks API §3
 */
export const makeWebLock = (): Lock["Service"] => {
  const inPage = makeMemoryLock()
  return {
    withLock: (name, work, options) => {
      const locks = lockManager()
      return locks === undefined ? inPage.withLock(name, work, options) : withWebLock({ locks, name }, work, options)
    },
  }
}

type Locks = Pick<LockManager, "request">

interface Wanted {
  readonly locks: Locks
  readonly name: string
}

const lockManager = (): Locks | undefined => (globalThis.navigator as Partial<Navigator> | undefined)?.locks

const withWebLock = <A, E, R>(
  wanted: Wanted,
  work: Effect.Effect<A, E, R>,
  options: LockOptions | undefined,
): Effect.Effect<A, E | StoreError, R> =>
  Effect.acquireUseRelease(
    Effect.sync(() => queue(wanted)),
    ({ granted }) => underLock(granted, work, options),
    ({ leave }) => Effect.sync(leave),
  )

interface Ticket {
  readonly granted: Effect.Effect<void, StoreError>
  /** Stops waiting, and frees the lock if it is held: a signal alone frees none. */
  readonly leave: () => void
}

const queue = ({ locks, name }: Wanted): Ticket => {
  const waiting = new AbortController()
  let free = (): void => {}
  const left = new Promise<void>((resolve) => {
    free = resolve
  })
  const granted = new Promise<void>((resolve, reject) => {
    const held = (): Promise<void> => {
      resolve()
      return left
    }
    locks.request(`bearerkit:${name}`, { signal: waiting.signal }, held).catch(reject)
  })
  granted.catch(() => {})
  return {
    granted: Effect.tryPromise({ try: () => granted, catch: unavailable }),
    leave: () => {
      waiting.abort()
      free()
    },
  }
}

const unavailable = (): StoreError =>
  new StoreError({ reason: { _tag: "StoreUnavailable", operation: "get", detail: "no Web Lock" } })
