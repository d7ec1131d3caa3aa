import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type { StoreError } from "../errors/store-error.ts"
import { stopwatch } from "../http/clock.ts"
import { lockHeld } from "../http/lock-held.ts"
import { within } from "../http/within.ts"
import { lockTimeout } from "./lock.ts"

/** A lease of a name elsewhere, which expires by itself. */
export interface Lease {
  /** Tries to take the lease; returns whether it is ours now. */
  readonly take: Effect.Effect<boolean, StoreError>
  /** Extends the lease; returns whether it is still ours. An expired one is not taken again. */
  readonly extend: Effect.Effect<boolean, StoreError>
  readonly release: Effect.Effect<unknown, StoreError>
  /** Milliseconds after which an unresponsive holder counts as dead. */
  readonly deadAfter: number
}

/** Work under a lease, and how long it may wait and run. */
export interface LeasedWork<A, E, R> {
  readonly work: Effect.Effect<A, E, R>
  /** How long to wait for the lease. */
  readonly wait: Duration.Duration
  /** How long the work may take. */
  readonly limit: Duration.Duration
}

/**
 * Runs work while a lease is held. The lease is extended as long as the work runs, uninterruptible parts included, and
 * expires soon after its holder dies; `lockHeld` relies on this machine's clock alone.
 */
export const underLease: <A, E, R>(lease: Lease, leased: LeasedWork<A, E, R>) => Effect.Effect<A, E | StoreError, R> =
  Effect.fnUntraced(function* <A, E, R>(lease: Lease, { work, wait, limit }: LeasedWork<A, E, R>) {
    const hold = makeHold(lease)
    const taken = within(wait, hold.take, () => lockTimeout("the lock", wait))
    const bounded = within(limit, Effect.provideService(work, lockHeld, hold.check), () =>
      lockTimeout("the work under it", limit),
    )
    return yield* Effect.ensuring(
      Effect.andThen(taken, Effect.raceFirst(bounded, hold.keep)),
      // also after an attempt that was given up: it may still succeed
      Effect.ignore(lease.release),
    )
  })

interface Hold {
  /** Waits until the lease is ours. */
  readonly take: Effect.Effect<void, StoreError>
  /** Runs as long as the lease is ours. */
  readonly keep: Effect.Effect<never, StoreError>
  /** Fails unless the lease must still be ours. */
  readonly check: Effect.Effect<void, StoreError>
}

const makeHold = ({ take, extend, deadAfter }: Lease): Hold => {
  const lost = lockTimeout("the work under it", Duration.millis(deadAfter))
  let age = never

  const ask = Effect.fnUntraced(function* (question: Effect.Effect<boolean, StoreError>) {
    // counted from before the request, so that it expires here before it expires there
    const since = stopwatch(yield* Clock.Clock)
    const ours = yield* question
    age = ours ? since : never
    return ours
  })
  const check = Effect.suspend(() => (age() < deadAfter * trusted ? Effect.void : lost))

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
  }
}

/** The age of a lease that is not held. */
const never = (): number => Infinity

/** The fraction of the lease that a holder relies on: clocks drift. */
const trusted = 0.9

const polling = /*#__PURE__*/ Schedule.jittered(
  /*#__PURE__*/ Schedule.min([
    /*#__PURE__*/ Schedule.exponential("4 millis", 1.5),
    /*#__PURE__*/ Schedule.spaced("100 millis"),
  ]),
)
