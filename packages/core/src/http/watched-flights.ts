import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { makeLookup, SingleFlight, type SingleFlightOptions } from "./single-flight.ts"

/**
 * Single flight for runtimes where a request must not wait for another one's promise, such as Workers. Only plain data
 * crosses requests: a later caller polls whether the first one has finished, and takes over if that one is gone.
 */
export const watchedFlightsLayer: Layer.Layer<SingleFlight> = /*#__PURE__*/ Layer.succeed(SingleFlight, {
  make: (options) => makeWatched(options),
})

const makeWatched = /*#__PURE__*/ Effect.fnUntraced(function* <K, A, E, R>(options: SingleFlightOptions<K, A, E, R>) {
  const { memory, load } = yield* makeLookup(options)
  const flights = new Map<K, Flight<A, E>>()
  const land = (key: K, flight: Flight<A, E>): void => {
    if (flights.get(key) === flight) flights.delete(key)
  }

  const lead = (key: K): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      const flight: Flight<A, E> = { beats: 0, exit: undefined }
      flights.set(key, flight)
      const beating = Effect.forever(Effect.map(Effect.sleep(beat), () => (flight.beats += 1)))
      return Effect.onExit(Effect.raceFirst(load(key), beating), (exit) =>
        Effect.sync(() => {
          flight.exit = exit
          land(key, flight)
        }),
      )
    })

  /** Polls until there is an outcome; starts over if the lookup was interrupted or its request is gone. */
  const watch = Effect.fnUntraced(function* (key: K, flight: Flight<A, E>) {
    for (let heard = flight.beats, left = patience; flight.exit === undefined && left > 0; left--) {
      yield* Effect.sleep(look)
      if (heard === flight.beats) continue
      heard = flight.beats
      left = patience
    }
    const { exit } = flight
    if (exit !== undefined && !Exit.hasInterrupts(exit)) return yield* exit
    land(key, flight)
    return yield* get(key)
  })

  const get: (key: K) => Effect.Effect<A, E> = Effect.fnUntraced(function* (key) {
    const hit = memory.recall(key)
    if (hit !== undefined) return hit
    const flight = flights.get(key)
    if (flight === undefined) return yield* lead(key)
    options.saved?.("flight")
    return yield* watch(key, flight)
  })

  return {
    get,
    invalidateWhen: (key: K, predicate: (value: A) => boolean) => Effect.sync(() => memory.forgetWhen(key, predicate)),
  }
})

/** The service of `watchedFlightsLayer`. */
export const watchedFlights: SingleFlight["Service"] = { make: makeWatched }

/** A lookup under way as plain data, which other requests may read. */
interface Flight<A, E> {
  /** Increases as long as the request that runs the lookup is alive. */
  beats: number
  exit: Exit.Exit<A, E> | undefined
}

/** Milliseconds between two heartbeats, and between two polls; polls without a heartbeat before taking over. */
const beat = 100
const look = 20
const patience = 50
