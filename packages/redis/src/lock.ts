import { Lock, lockHeld, type LockOptions, lockTimeout, lockTimes, type StoreError } from "@bearerkit/core"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { randomBytes } from "node:crypto"
import type { Connection } from "./connection.ts"
import { extend, release, take } from "./scripts.ts"
import { isDone } from "./token-store.ts"

export interface LockSettings {
  readonly keyOf: (name: string) => string
  /** Milliseconds after which a holder that does not move counts as dead. */
  readonly deadAfter: number
}

/**
 * A lock among processes: a key that its holder keeps alive for as long as its work really runs, the part of it that
 * cannot be interrupted included, and that ends soon after the holder does. Within a process callers queue up locally,
 * so that one of them asks Redis.
 *
 * Closing waits for work under way.
 */
export const makeLock: (
  connection: Connection,
  settings: LockSettings,
) => Effect.Effect<Lock["Service"], never, Lock | Scope.Scope> = Effect.fnUntraced(function* (connection, settings) {
  const local = yield* Lock
  const working = yield* Semaphore.make(Number.MAX_SAFE_INTEGER)
  const idle = working.withPermits(Number.MAX_SAFE_INTEGER)(Effect.void)
  yield* Effect.addFinalizer(() => Effect.ignore(Effect.timeoutOption(Effect.interruptible(idle), longest)))

  return {
    withLock: Effect.fnUntraced(function* <A, E, R>(
      name: string,
      work: Effect.Effect<A, E, R>,
      options: LockOptions = {},
    ) {
      const { wait, lease } = lockTimes(options)
      const begun = yield* monotonic
      const among = Effect.gen(function* () {
        const left = Duration.subtract(wait, Duration.nanos((yield* monotonic) - begun))
        const hold = makeHold(connection, settings, name)
        const taken = Effect.timeoutOrElse(hold.take, { duration: left, orElse: () => lockTimeout("the lock", wait) })
        const bounded = Effect.timeoutOrElse(Effect.provideService(work, lockHeld, hold.check), {
          duration: lease,
          orElse: () => lockTimeout("the work under it", lease),
        })
        return yield* Effect.ensuring(
          Effect.andThen(taken, working.withPermits(1)(Effect.raceFirst(bounded, hold.keep))),
          // also what was asked for and given up: it may still come true
          hold.release,
        )
      })
      return yield* local.withLock(name, among, { wait, lease: Duration.infinity })
    }),
  }
})

interface Hold {
  /** Until it is ours. */
  readonly take: Effect.Effect<void, StoreError>
  /** For as long as it is ours. */
  readonly keep: Effect.Effect<never, StoreError>
  /** Whether it must still be ours, by this machine's clock alone. */
  readonly check: Effect.Effect<void, StoreError>
  readonly release: Effect.Effect<void>
}

const makeHold = (connection: Connection, { keyOf, deadAfter }: LockSettings, name: string): Hold => {
  const key = keyOf(name)
  const owner = randomBytes(16).toString("base64url")
  const lost = lockTimeout("the work under it", Duration.millis(deadAfter))
  let until = 0n

  const ask = Effect.fnUntraced(function* (script: typeof take) {
    // counted from before the request, so that it ends here before it ends there
    const from = yield* monotonic
    const ours = isDone(yield* connection.run("lock", script, { key, args: [owner, deadAfter] }))
    until = ours ? from + BigInt(Math.round(deadAfter * trusted * 1e6)) : 0n
    return ours
  })
  const check = Effect.flatMap(monotonic, (now) => (now < until ? Effect.void : lost))

  return {
    take: Effect.asVoid(Effect.repeat(ask(take), { until: (ours) => ours, schedule: polling })),
    check,
    keep: Effect.forever(
      Effect.gen(function* () {
        yield* Effect.sleep(Duration.millis(deadAfter / 3))
        yield* check
        const asked = yield* Effect.result(ask(extend))
        if (Result.isFailure(asked)) yield* Effect.logDebug(asked.failure.message)
        yield* check
      }),
    ),
    release: Effect.ignore(connection.run("lock", release, { key, args: [owner] })),
  }
}

const monotonic = Effect.flatMap(Clock.Clock, (clock) => clock.monotonicTimeNanos)

/** How much of its time a holder relies on: clocks do not run equally fast. */
const trusted = 0.9

/** No work is under a lock for longer than its lease and one last step. */
const longest = "1 minute"

const polling = /*#__PURE__*/ Schedule.jittered(
  /*#__PURE__*/ Schedule.min([
    /*#__PURE__*/ Schedule.exponential("4 millis", 1.5),
    /*#__PURE__*/ Schedule.spaced("100 millis"),
  ]),
)
