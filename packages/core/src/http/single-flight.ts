import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { provideCaptured } from "./provide-captured.ts"
import { putNewest } from "../model/put-newest.ts"

export interface SingleFlightOptions<K, A, E, R> {
  /** How many values are kept; the one used longest ago goes first. */
  readonly capacity: number
  readonly lookup: (key: K) => Effect.Effect<A, E, R>
  /** Until when a value may be used, in epoch milliseconds. */
  readonly expiresAt: (value: A) => number
  /** Told when a lookup is saved: by joining one that is under way, or by a value at hand. */
  readonly saved?: ((by: "flight" | "memory") => void) | undefined
}

/** A cache whose lookups are made once for all who ask at the same time. Failures reach those who wait and are not kept. */
export interface Flights<K, A, E> {
  readonly get: (key: K) => Effect.Effect<A, E>
  /** Forgets a value if it is as the predicate says; waits for a lookup under way. Whether it was forgotten. */
  readonly invalidateWhen: (key: K, predicate: (value: A) => boolean) => Effect.Effect<boolean>
}

/**
 * How concurrent callers share work. `sharedFlights` (Node, browsers) lets them join a lookup that is under way; one caller's
 * interruption does not hurt the others, and the lookup stops with its last waiter. `watchedFlights` are for Workers,
 * where a promise must not cross requests.
 */
export class SingleFlight
  extends /*#__PURE__*/ Context.Service<
    SingleFlight,
    {
      readonly make: <K, A, E, R>(options: SingleFlightOptions<K, A, E, R>) => Effect.Effect<Flights<K, A, E>, never, R>
    }
  >()("@bearerkit/core/SingleFlight") {}

/** A lookup under way, and how many wait for it. */
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
    // nobody is to board while it is being stopped
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

/** What `sharedFlightsLayer` has. */
export const sharedFlights: SingleFlight["Service"] = { make: makeShared }

export const sharedFlightsLayer: Layer.Layer<SingleFlight> = /*#__PURE__*/ Layer.succeed(SingleFlight, sharedFlights)

/** The lookup as it was provided for where it was made, and what it brought. */
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
