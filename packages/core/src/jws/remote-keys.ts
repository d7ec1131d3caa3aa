import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { DiscoveryError } from "../errors/discovery-error.ts"
import { Background } from "../http/background.ts"
import type { Http } from "../http/client.ts"
import { retryTransient } from "../http/retry.ts"
import { SingleFlight } from "../http/single-flight.ts"
import type { Algorithm } from "./algorithm.ts"
import { fetchJwks } from "./fetch-jwks.ts"
import type { JwsHeader } from "./compact.ts"
import { type FindKey, type Found, makeKeySets } from "./key-set.ts"
import { makeKeyState } from "./key-state.ts"

export interface RemoteKeysOptions<R> {
  /** Where the key set is; asked for at each fetch. */
  readonly url: Effect.Effect<string, DiscoveryError, R>
  readonly algorithms: ReadonlyArray<Algorithm>
  /** How many milliseconds after its lifetime a key set is still used while the issuer cannot be reached. */
  readonly maxStale: number
}

/**
 * The keys of an issuer, fetched when first needed and kept. A set near the end of its life is fetched again in the
 * background; if that fails the last one is used up to a maximum. An unknown key asks again, at most every 30 seconds. A
 * successful answer replaces everything before it.
 */
export const makeRemoteKeys = Effect.fnUntraced(function* <R>(options: RemoteKeysOptions<R>) {
  const clock = yield* Clock.Clock
  const context = yield* Effect.context<R | Http>()
  const toKeySet = makeKeySets(options.algorithms)
  const state = makeKeyState(options.maxStale)

  const load = Effect.fnUntraced(function* () {
    const fetching = Effect.flatMap(options.url, fetchJwks)
    const fetched = yield* state.usable(clock.currentTimeMillisUnsafe()) ? fetching : retryTransient(fetching)
    state.loaded(yield* toKeySet(fetched.keys), fetched)
  })
  const loading = Effect.suspend(() => {
    state.begin(clock.currentTimeMillisUnsafe())
    return load()
  }).pipe(Effect.tapError((error) => Effect.sync(() => state.failed(error.reason, clock.currentTimeMillisUnsafe()))))

  // Nothing is kept here: callers only join a fetch that is under way.
  const flights = yield* (yield* SingleFlight).make({ capacity: 1, lookup: () => loading, expiresAt: () => 0 })
  const join = Effect.exit(flights.get("key set"))
  const run = Effect.runPromiseWith(context)
  const waitUntil = yield* Background

  /** What a cache on the way does not know the issuer may: it is asked, too, before a key counts as unknown. */
  const answered = (header: JwsHeader): Found | Promise<Found> => {
    const now = clock.currentTimeMillisUnsafe()
    return state.cached() && state.consult(header, now) === "wait"
      ? run(join).then(() => state.answer(header, clock.currentTimeMillisUnsafe()))
      : state.answer(header, now)
  }

  const find: FindKey = (header) => {
    const now = clock.currentTimeMillisUnsafe()
    const step = state.consult(header, now)
    if (step === "wait") return run(join).then(() => answered(header))
    if (step === "answer and refresh") waitUntil(run(join))
    return state.answer(header, now)
  }
  return find
})
