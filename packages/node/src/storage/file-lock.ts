import {
  type Lock,
  lockHeld,
  type LockOptions,
  lockTimeout,
  lockTimes,
  makeMemoryLock,
  StoreError,
} from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { type LockTurn, silence, takeTurn } from "./lock-turn.ts"

/** A lock among all processes of this user on this machine; callers of one process queue locally first. */
export const makeFileLock = (directory: string): Lock["Service"] => {
  const local = makeMemoryLock()
  return {
    withLock: (name, work, options = {}) => {
      const folder = join(directory, createHash("sha256").update(name).digest("hex"))
      const { wait } = lockTimes(options)
      const deadline = performance.now() + Duration.toMillis(wait)
      // the lease begins with the turn, so only the waiting is bounded here
      return local.withLock(name, inTurn(work, { folder, deadline, options }), { wait, lease: Duration.infinity })
    },
  }
}

interface Queue {
  readonly folder: string
  readonly deadline: number
  readonly options: LockOptions
}

const inTurn = <A, E, R>(work: Effect.Effect<A, E, R>, queue: Queue): Effect.Effect<A, E | StoreError, R> => {
  const { lease } = lockTimes(queue.options)
  return Effect.acquireUseRelease(
    waitForTurn(queue),
    (turn) =>
      Effect.timeoutOrElse(Effect.provideService(work, lockHeld, stillHeld(turn)), {
        duration: lease,
        orElse: () => lockTimeout("the work under it", lease),
      }),
    // a turn that cannot be released ends when its holder counts as dead
    (turn) => Effect.ignore(Effect.tryPromise(turn.leave)),
  )
}

/** Interruptible only while it sleeps: a turn that was taken must be known, to be released. */
const waitForTurn: (queue: Queue) => Effect.Effect<LockTurn, StoreError> = Effect.fnUntraced(function* (queue) {
  const clock = yield* Clock.Clock
  for (;;) {
    const turn = yield* Effect.tryPromise({ try: () => takeTurn(queue.folder, clock), catch: unavailable })
    if (turn !== undefined) return turn
    if (performance.now() >= queue.deadline) return yield* lockTimeout("the lock", lockTimes(queue.options).wait)
    yield* Effect.interruptible(Effect.sleep(pollMillis()))
  }
})

const stillHeld = (turn: LockTurn): Effect.Effect<void, StoreError> =>
  Effect.suspend(() => (turn.isHeld() ? Effect.void : lockTimeout("the work under it", Duration.millis(silence))))

/** Random, so that many waiters do not poll at once. */
const pollMillis = (): number => 5 + Math.random() * 20

const unavailable = (cause: unknown): StoreError => {
  const detail = cause instanceof Error && "code" in cause ? String(cause.code).slice(0, 80) : undefined
  return new StoreError({ reason: { _tag: "StoreUnavailable", operation: "put", ...(detail && { detail }) } })
}
