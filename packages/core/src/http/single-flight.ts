import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { provideCaptured } from "./provide-captured.ts"
import { putNewest } from "../model/put-newest.ts"

/** How a value is looked up, and how long it is kept. */
export interface SingleFlightOptions<K, A, E, R> {
  /** How many values are kept; the least recently used one is dropped first. */
  readonly capacity: number
  readonly lookup: (key: K) => Effect.Effect<A, E, R>
  /** Until when a value may be used; epoch milliseconds. */
  readonly expiresAt: (value: A) => number
  /** Called when a lookup is saved, by joining one under way or by a cached value. */
  readonly saved?: ((by: "flight" | "memory") => void) | undefined
}

/** A cache that makes one lookup for concurrent callers. Failures reach the waiting callers and are not cached. */
export interface Flights<K, A, E> {
  readonly get: (key: K) => Effect.Effect<A, E>
  /** Drops a value that matches the predicate, after a lookup under way; returns whether it did. */
  readonly invalidateWhen: (key: K, predicate: (value: A) => boolean) => Effect.Effect<boolean>
}

/**
 * How concurrent callers share work. With `sharedFlights` (Node, browsers) they join a lookup under way; interrupting
 * one caller does not affect the others, and the lookup stops with its last waiter. `watchedFlights` are for Workers,
 * where a promise must not cross requests.
 */
export class SingleFlight
  extends /*#__PURE__*/ Context.Service<
    SingleFlight,
    {
      readonly make: <K, A, E, R>(options: SingleFlightOptions<K, A, E, R>) => Effect.Effect<Flights<K, A, E>, never, R>
    }
  >()("@bearerkit/core/SingleFlight") {}

/** A lookup under way and the number of its waiters. */
interface Flight<A, E> {
  readonly fiber: Fiber.Fiber<A, E>
  waiting: number
}

const makeShared = /*#__PURE__*/ Effect.fnUntraced(function* <K, A, E, R>(options: SingleFlightOptions<K, A, E, R>) {
  const { memory, load } = yield* makeLookup(options)
  const flights = new Map<K, Flight<A, E>>()
  const remove = (key: K, flight: Flight<A, E>): void => {
    if (flights.get(key) === flight) flights.delete(key)
  }

  const board = (key: K): Effect.Effect<Flight<A, E>> => {
    const flight = flights.get(key)
    if (flight === undefined) return takeOff(key)
    options.saved?.("flight")
    flight.waiting += 1
    return Effect.succeed(flight)
  }
  const takeOff = (key: K) =>
    Effect.map(Effect.forkDetach(load(key), { startImmediately: true }), (fiber) => {
      const flight: Flight<A, E> = { fiber, waiting: 1 }
      flights.set(key, flight)
      fiber.addObserver(() => remove(key, flight))
      return flight
    })
  const leave = (key: K, flight: Flight<A, E>): Effect.Effect<void> => {
    flight.waiting -= 1
    if (flight.waiting > 0) return Effect.void
    // nobody may join it while it is being stopped
    remove(key, flight)
    return Fiber.interrupt(flight.fiber)
  }
  const fly = (key: K): Effect.Effect<A, E> =>
    Effect.acquireUseRelease(
      Effect.suspend(() => board(key)),
      ({ fiber }) => Fiber.join(fiber),
      (flight) => leave(key, flight),
    )

  return {
    get: (key: K) =>
      Effect.suspend(() => {
        const value = memory.recall(key)
        return value === undefined ? fly(key) : Effect.succeed(value)
      }),
    invalidateWhen: (key: K, predicate: (value: A) => boolean) =>
      Effect.suspend(() => {
        const landed = flights.has(key) ? Effect.exit(fly(key)) : Effect.void
        return Effect.map(landed, () => memory.forgetWhen(key, predicate))
      }),
  }
})

/** The service of `sharedFlightsLayer`. */
export const sharedFlights: SingleFlight["Service"] = { make: makeShared }

/** Flights that callers join, for runtimes where they may share a promise. */
export const sharedFlightsLayer: Layer.Layer<SingleFlight> = /*#__PURE__*/ Layer.succeed(SingleFlight, sharedFlights)

/** The lookup with the services it was made with, and the cache of its values. */
export const makeLookup = <K, A, E, R>(options: SingleFlightOptions<K, A, E, R>) =>
  Effect.map(Effect.context<R>(), (context) => {
    const memory = makeMemory(options, Context.get(context, Clock.Clock))
    const load = (key: K) =>
      Effect.map(provideCaptured(context, options.lookup(key)), (value) => {
        memory.keep(key, value)
        return value
      })
    return { memory, load }
  })

const makeMemory = <K, A>(
  { capacity, expiresAt, saved }: SingleFlightOptions<K, A, unknown, unknown>,
  clock: Clock.Clock,
) => {
  const values = new Map<K, A>()
  const put = (key: K, value: A): void => putNewest(values, [key, value], capacity)
  return {
    recall: (key: K): A | undefined => {
      const value = values.get(key)
      if (value === undefined || expiresAt(value) <= clock.currentTimeMillisUnsafe()) return undefined
      put(key, value)
      saved?.("memory")
      return value
    },
    keep: (key: K, value: A): void => {
      if (expiresAt(value) > clock.currentTimeMillisUnsafe()) put(key, value)
    },
    forgetWhen: (key: K, predicate: (value: A) => boolean): boolean => {
      const value = values.get(key)
      return value !== undefined && predicate(value) && values.delete(key)
    },
  }
}
