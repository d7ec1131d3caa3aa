import * as Cache from "effect/Cache"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"

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
 * How concurrent callers share work. `shared` (Node, browsers) lets them join a lookup that is under way; one caller's
 * interruption does not hurt the others, and the lookup stops with its last waiter. `settled` (Workers, where a promise
 * must not cross requests) shares finished values only.
 */
export class SingleFlight
  extends /*#__PURE__*/ Context.Service<
    SingleFlight,
    {
      readonly make: <K, A, E, R>(options: SingleFlightOptions<K, A, E, R>) => Effect.Effect<Flights<K, A, E>, never, R>
    }
  >()("@bearerkit/core/SingleFlight")
{
  static readonly shared: Layer.Layer<SingleFlight> = /*#__PURE__*/ Layer.sync(SingleFlight, () => ({
    make: makeShared,
  }))
  static readonly settled: Layer.Layer<SingleFlight> = /*#__PURE__*/ Layer.sync(SingleFlight, () => ({
    make: makeSettled,
  }))
}

const makeShared = Effect.fnUntraced(function* <K, A, E, R>({
  capacity,
  lookup,
  expiresAt,
  saved,
}: SingleFlightOptions<K, A, E, R>) {
  const clock = yield* Clock.Clock
  const context = yield* Effect.context<R>()
  const underWay = new Set<K>()
  const tracked = (key: K) =>
    Effect.suspend(() => {
      underWay.add(key)
      return Effect.ensuring(
        Effect.provideContext(lookup(key), context),
        Effect.sync(() => underWay.delete(key)),
      )
    })
  const cache = yield* Cache.makeWith(tracked, {
    capacity,
    timeToLive: (exit) =>
      Exit.isSuccess(exit)
        ? Duration.millis(Math.max(0, expiresAt(exit.value) - clock.currentTimeMillisUnsafe()))
        : Duration.zero,
  })
  return {
    get: (key: K) =>
      Effect.flatMap(Cache.has(cache, key), (has) => {
        if (has) saved?.(underWay.has(key) ? "flight" : "memory")
        return Cache.get(cache, key)
      }),
    invalidateWhen: (key: K, predicate: (value: A) => boolean) => Cache.invalidateWhen(cache, key, predicate),
  }
})

const makeSettled = Effect.fnUntraced(function* <K, A, E, R>({
  capacity,
  lookup,
  expiresAt,
  saved,
}: SingleFlightOptions<K, A, E, R>) {
  const context = yield* Effect.context<R>()
  const settled = new Map<K, A>()
  const keep = (key: K, value: A): void => {
    settled.delete(key)
    settled.set(key, value)
    const oldest = settled.keys().next()
    if (settled.size > capacity && !oldest.done) settled.delete(oldest.value)
  }
  const get = Effect.fnUntraced(function* (key: K) {
    const hit = settled.get(key)
    const now = yield* Clock.currentTimeMillis
    if (hit !== undefined && expiresAt(hit) > now) {
      keep(key, hit)
      saved?.("memory")
      return hit
    }
    const value = yield* Effect.provideContext(lookup(key), context)
    if (expiresAt(value) > (yield* Clock.currentTimeMillis)) keep(key, value)
    return value
  })
  const invalidateWhen = (key: K, predicate: (value: A) => boolean) =>
    Effect.sync(() => {
      const hit = settled.get(key)
      return hit !== undefined && predicate(hit) && settled.delete(key)
    })
  return { get, invalidateWhen }
})
