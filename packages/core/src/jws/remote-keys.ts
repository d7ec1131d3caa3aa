import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { DiscoveryError } from "../errors/discovery-error.ts"
import { Background } from "../http/background.ts"
import type { Http } from "../http/client.ts"
import { timeFrom } from "../http/clock.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { within } from "../http/within.ts"
import type { Algorithm } from "./algorithm.ts"
import { fetchJwks } from "./fetch-jwks.ts"
import type { JwsHeader } from "./compact.ts"
import { type FindKey, type Found, makeKeySets } from "./key-set.ts"
import { makeKeyState } from "./key-state.ts"

export interface RemoteKeysOptions<R> {
  /** The URL of the key set; evaluated at each fetch. */
  readonly url: Effect.Effect<string, DiscoveryError, R>
  readonly algorithms: ReadonlyArray<Algorithm>
  /** Milliseconds after its lifetime for which a key set is still used while the issuer cannot be reached. */
  readonly maxStale: number
}

/**
 * The keys of an issuer, fetched when first needed and cached. A set near the end of its lifetime is fetched again in
 * the background; if that fails, the last one is used up to a maximum. An unknown key causes a fetch, at most every 30
 * seconds. A successful fetch replaces the whole set. A caller waits for one attempt, for five seconds at most; for two
 * if it has a stale key. After a failure nothing is fetched until a pause is over.
 */
export const makeRemoteKeys = Effect.fnUntraced(function* <R>(options: RemoteKeysOptions<R>) {
  const time = timeFrom(yield* Clock.Clock)
  const context = yield* Effect.context<R | Http>()
  const toKeySet = makeKeySets(options.algorithms)
  const state = makeKeyState(options.maxStale)

  const load = Effect.fnUntraced(function* () {
    const fetched = yield* Effect.flatMap(options.url, fetchJwks)
    state.loaded(yield* toKeySet(fetched.keys), fetched, time())
  })
  const loading = Effect.suspend(() => {
    state.begin(time())
    return load()
  }).pipe(Effect.tapError((error) => Effect.sync(() => state.failed(error, time()))))

  // Nothing is cached here: callers only join a fetch that is under way.
  const flights = yield* (yield* SingleFlight).make({ capacity: 1, lookup: () => loading, expiresAt: () => 0 })
  const joined = Effect.exit(flights.get("key set"))
  const run = Effect.runPromiseWith(context)
  const waitUntil = yield* Background

  /** Runs on when nobody waits for it any more. */
  const refresh = (): Promise<unknown> => {
    const refreshed = run(joined)
    waitUntil(refreshed)
    return refreshed
  }
  const refreshUntil = (latest: number): Promise<unknown> =>
    run(within(latest - time(), Effect.promise(refresh), () => Effect.void))

  /** An intermediate cache may be stale, so the issuer itself is asked before a key counts as unknown. */
  const answerUntil = (header: JwsHeader, latest: number): Found | Promise<Found> => {
    const now = time()
    return state.cached() && state.consult(header, now) === "wait"
      ? refreshUntil(latest).then(() => state.answer(header, time()))
      : state.answer(header, now)
  }

  const find: FindKey = (header) => {
    const now = time()
    const step = state.consult(header, now)
    if (step === "wait") {
      const latest = state.latest(header, now)
      return refreshUntil(latest).then(() => answerUntil(header, latest))
    }
    if (step === "answer and refresh") void refresh()
    return state.answer(header, now)
  }
  return find
})
