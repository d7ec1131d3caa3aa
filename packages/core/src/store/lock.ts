import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type LockTimeout, StoreError } from "../errors/store-error.ts"
import { within } from "../http/within.ts"

/** How long a lock is waited for and held. */
export interface LockOptions {
  /** How long to wait for the lock. @default 30 seconds */
  readonly wait?: Duration.Input | undefined
  /** How long the work under the lock may take before it is interrupted; shorter than `wait`. @default 20 seconds */
  readonly lease?: Duration.Input | undefined
}

/** Runs one piece of work at a time under a name. */
export class Lock
  extends /*#__PURE__*/ Context.Service<
    Lock,
    {
      /** Waits for the name, runs the work, releases the name; fails with `LockTimeout` if either takes too long. */
      readonly withLock: <A, E, R>(
        name: string,
        work: Effect.Effect<A, E, R>,
        options?: LockOptions,
      ) => Effect.Effect<A, E | StoreError, R>
    }
  >()("@bearerkit/core/Lock") {}

/** In this process. */
export const memoryLockLayer: Layer.Layer<Lock> = /*#__PURE__*/ Layer.sync(Lock, () => makeMemoryLock())

/** The options with their defaults, for implementations of a lock. */
export const lockTimes = ({
  wait = "30 seconds",
  lease = "20 seconds",
}: LockOptions): { readonly wait: Duration.Duration; readonly lease: Duration.Duration } => ({
  wait: Duration.fromInputUnsafe(wait),
  lease: Duration.fromInputUnsafe(lease),
})

/** The error of a lock that was waited for too long, or of work that took too long. */
export const lockTimeout = (
  waitingFor: LockTimeout["waitingFor"],
  after: Duration.Duration,
): Effect.Effect<never, StoreError> =>
  Effect.fail(new StoreError({ reason: { _tag: "LockTimeout", waitingFor, after } }))

/** Waits until the lock is granted and then runs the work, each no longer than the options allow. */
export const underLock = <A, E, R, E2, R2>(
  granted: Effect.Effect<void, E, R>,
  work: Effect.Effect<A, E2, R2>,
  options: LockOptions = {},
): Effect.Effect<A, E | E2 | StoreError, R | R2> => {
  const { wait, lease } = lockTimes(options)
  return Effect.andThen(
    within(wait, granted, () => lockTimeout("the lock", wait)),
    within(lease, work, () => lockTimeout("the work under it", lease)),
  )
}

/** A place in the queue for a name; the first of the queue has the lock. */
interface Turn {
  begin: () => void
}

/** The service of `memoryLockLayer`. */
export const makeMemoryLock = (): Lock["Service"] => {
  const queues = new Map<string, ReadonlyArray<Turn>>()

  const enter = (name: string): Turn => {
    const turn: Turn = { begin: () => {} }
    queues.set(name, [...(queues.get(name) ?? []), turn])
    return turn
  }
  const leave = (name: string, turn: Turn): void => {
    const [first, ...others] = (queues.get(name) ?? []).filter((each) => each !== turn)
    if (first === undefined) return void queues.delete(name)
    queues.set(name, [first, ...others])
    first.begin()
  }
  const comes = (name: string, turn: Turn): Effect.Effect<void> =>
    Effect.callback((resume) => {
      turn.begin = () => resume(Effect.void)
      if (queues.get(name)?.[0] === turn) turn.begin()
    })

  return {
    withLock: (name, work, options) =>
      Effect.acquireUseRelease(
        Effect.sync(() => enter(name)),
        (turn) => underLock(comes(name, turn), work, options),
        (turn) => Effect.sync(() => leave(name, turn)),
      ),
  }
}
