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

/** One try to hold a name somewhere else, for a time that ends by itself. */
export interface Lease {
  /** Whether it is ours now. */
  readonly take: Effect.Effect<boolean, StoreError>
  /** Whether it still is; one that has ended is not taken again. */
  readonly extend: Effect.Effect<boolean, StoreError>
  readonly release: Effect.Effect<unknown, StoreError>
  /** Milliseconds after which a holder that does not move counts as dead. */
  readonly deadAfter: number
}

export interface LeasedWork<A, E, R> {
  readonly work: Effect.Effect<A, E, R>
  /** How long to wait for the lease. */
  readonly wait: Duration.Duration
  /** How long the work may take. */
  readonly limit: Duration.Duration
}

/**
 * Runs work while a lease is held. The lease is extended for as long as the work really runs, the part of it that cannot
 * be interrupted included, and ends soon after its holder does; `lockHeld` answers by this machine's clocks alone.
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
      // also what was asked for and given up: it may still come true
      Effect.ignore(lease.release),
    )
  })

interface Hold {
  /** Until it is ours. */
  readonly take: Effect.Effect<void, StoreError>
  /** For as long as it is ours. */
  readonly keep: Effect.Effect<never, StoreError>
  /** Whether it must still be ours. */
  readonly check: Effect.Effect<void, StoreError>
}

const makeHold = ({ take, extend, deadAfter }: Lease): Hold => {
  const lost = lockTimeout("the work under it", Duration.millis(deadAfter))
  let age = never

  const ask = Effect.fnUntraced(function* (question: Effect.Effect<boolean, StoreError>) {
    // counted from before the request, so that it ends here before it ends there
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

/** Of what is not held. */
const never = (): number => Infinity

/** How much of its time a holder relies on: clocks do not run equally fast. */
const trusted = 0.9

const polling = /*#__PURE__*/ Schedule.jittered(
  /*#__PURE__*/ Schedule.min([
    /*#__PURE__*/ Schedule.exponential("4 millis", 1.5),
    /*#__PURE__*/ Schedule.spaced("100 millis"),
  ]),
)
