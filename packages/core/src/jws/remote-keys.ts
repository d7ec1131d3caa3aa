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
  /** Where the key set is; asked for at each fetch. */
  readonly url: Effect.Effect<string, DiscoveryError, R>
  readonly algorithms: ReadonlyArray<Algorithm>
  /** How many milliseconds after its lifetime a key set is still used while the issuer cannot be reached. */
  readonly maxStale: number
}

/**
 * The keys of an issuer, fetched when first needed and kept. A set near the end of its life is fetched again in the
 * background; if that fails the last one is used up to a maximum. An unknown key asks again, at most every 30 seconds. A
 * successful answer replaces everything before it. Whoever has to wait waits for one try, and for five seconds at most;
 * for two where a key is at hand that is past its life. After a failure nobody asks until a pause is over.
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

  // Nothing is kept here: callers only join a fetch that is under way.
  const flights = yield* (yield* SingleFlight).make({ capacity: 1, lookup: () => loading, expiresAt: () => 0 })
  const joined = Effect.exit(flights.get("key set"))
  const run = Effect.runPromiseWith(context)
  const waitUntil = yield* Background

  /** Goes on although nobody waits for it any more. */
  const refresh = (): Promise<unknown> => {
    const refreshed = run(joined)
    waitUntil(refreshed)
    return refreshed
  }
  const refreshUntil = (latest: number): Promise<unknown> =>
    run(within(latest - time(), Effect.promise(refresh), () => Effect.void))

  /** What a cache on the way does not know the issuer may: it is asked, too, before a key counts as unknown. */
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
