import { Lock, type LockOptions, StoreError } from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import { join } from "node:path"
import { type LockTurn, takeTurn } from "./lock-turn.ts"

type Service = Lock["Service"]

/** A lock among all processes of this user on this machine; in this process callers queue up first. */
export const makeFileLock = (directory: string): Effect.Effect<Service> =>
  Effect.map(Effect.provide(Lock, Lock.layerMemory), ({ withLock }) => ({
    withLock: (name, work, options = {}) => {
      const folder = join(directory, createHash("sha256").update(name).digest("hex"))
      const deadline = Date.now() + millisOf(options.wait, "30 seconds")
      // the lease begins when the turn has come, so here only the waiting is bounded
      const here = { wait: options.wait, lease: "1 hour" } as const
      return withLock(name, inTurn(folder, work, { ...options, deadline }), here)
    },
  }))

interface Turns extends LockOptions {
  readonly deadline: number
}

const inTurn = <A, E, R>(
  folder: string,
  work: Effect.Effect<A, E, R>,
  { wait = "30 seconds", lease = "20 seconds", deadline }: Turns,
): Effect.Effect<A, E | StoreError, R> =>
  Effect.acquireUseRelease(
    waitForTurn(folder, deadline, Duration.fromInputUnsafe(wait)),
    () =>
      Effect.timeoutOrElse(work, {
        duration: lease,
        orElse: () => timedOut("the work under it", Duration.fromInputUnsafe(lease)),
      }),
    // a turn that cannot be given back ends when its holder shows no sign of life
    (turn) => Effect.ignore(Effect.tryPromise(turn.leave)),
  )

/** To be interrupted while it sleeps only: a turn that was taken must be known, to be given back. */
const waitForTurn: (folder: string, deadline: number, wait: Duration.Duration) => Effect.Effect<LockTurn, StoreError> =
  Effect.fnUntraced(function* (folder, deadline, wait) {
    for (;;) {
      const turn = yield* Effect.tryPromise({ try: () => takeTurn(folder), catch: unavailable })
      if (turn !== undefined) return turn
      if (Date.now() >= deadline) return yield* timedOut("the lock", wait)
      yield* Effect.interruptible(Effect.sleep(pollMillis()))
    }
  })

/** Uneven, so that many who wait do not come at once. */
const pollMillis = (): number => 5 + Math.random() * 20

const millisOf = (input: Duration.Input | undefined, byDefault: Duration.Input): number =>
  Duration.toMillis(Duration.fromInputUnsafe(input ?? byDefault))

const timedOut = (waitingFor: "the lock" | "the work under it", after: Duration.Duration) =>
  Effect.fail(new StoreError({ reason: { _tag: "LockTimeout", waitingFor, after } }))

const unavailable = (cause: unknown): StoreError => {
  const detail = cause instanceof Error && "code" in cause ? String(cause.code).slice(0, 80) : undefined
  return new StoreError({ reason: { _tag: "StoreUnavailable", operation: "put", ...(detail && { detail }) } })
}
