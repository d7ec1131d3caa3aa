import {
  type Lease,
  type Lock,
  type LockOptions,
  lockTimeout,
  lockTimes,
  makeMemoryLock,
  stopwatch,
  underLease,
} from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { randomBytes } from "node:crypto"
import type { Connection } from "./connection.ts"
import { extend, release, type Script, take } from "./scripts.ts"
import { isDone } from "./token-store.ts"

export interface LockSettings {
  readonly keyOf: (name: string) => string
  /** Milliseconds after which an unresponsive holder counts as dead. */
  readonly deadAfter: number
}

/**
 * A lock among processes: a key that its holder keeps alive. Within a process callers queue up locally, so that one of
 * them asks Redis.
 *
 * Closing waits for work under way.
 */
export const makeLock: (
  connection: Connection,
  settings: LockSettings,
) => Effect.Effect<Lock["Service"], never, Scope.Scope> = Effect.fnUntraced(function* (connection, settings) {
  const local = makeMemoryLock()
  const working = yield* Semaphore.make(Number.MAX_SAFE_INTEGER)
  const idle = working.withPermits(Number.MAX_SAFE_INTEGER)(Effect.void)
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeoutOption(Effect.interruptible(idle), longest)))

  return {
    withLock: Effect.fnUntraced(function* <A, E, R>(
      name: string,
      work: Effect.Effect<A, E, R>,
      options: LockOptions = {},
    ) {
      const { wait, lease: limit } = lockTimes(options)
      const since = stopwatch(yield* Clock.Clock)
      const among = Effect.gen(function* () {
        const left = Duration.subtract(wait, Duration.millis(since()))
        if (Duration.toMillis(left) <= 0) return yield* lockTimeout("the lock", wait)
        const lease = leaseOf(connection, settings, name)
        return yield* working.withPermits(1)(underLease(lease, { work, wait: left, limit }))
      })
      return yield* local.withLock(name, among, { wait, lease: Duration.infinity })
    }),
  }
})

const leaseOf = (connection: Connection, { keyOf, deadAfter }: LockSettings, name: string): Lease => {
  const key = keyOf(name)
  const owner = randomBytes(16).toString("base64url")
  const ask = (script: Script) => Effect.map(connection.run("lock", script, { key, args: [owner, deadAfter] }), isDone)
  return { take: ask(take), extend: ask(extend), release: ask(release), deadAfter }
}

/** The maximum time of work under a lock: its lease and one last step. */
const longest = "1 minute"
