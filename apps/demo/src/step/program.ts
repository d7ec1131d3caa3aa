import {
  type Client,
  clockLayer,
  Discovery,
  discoveryLayer,
  Http,
  httpLayer,
  none,
  sharedFlightsLayer,
  SingleFlight,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { World } from "../world/world.ts"

/** What every program of the core needs, by the clock of the world. */
export const networkOf = (
  { now }: World,
  fetch?: typeof globalThis.fetch,
): Layer.Layer<Discovery | Http | SingleFlight> =>
  discoveryLayer.pipe(
    Layer.provideMerge(Layer.mergeAll(httpLayer({ fetch }), sharedFlightsLayer)),
    Layer.provideMerge(clockLayer(now)),
  )

/** A public client of the demo's issuer. */
export const publicClient = ({ issuer }: World, clientId: string): Client => ({
  issuer: issuer.url,
  clientId,
  clientAuth: none(),
})

/** Runs a program of the core as a step does: it rejects with what failed. */
export const perform = <A, E>(
  world: World,
  program: Effect.Effect<A, E, Discovery | Http | SingleFlight>,
  signal: AbortSignal,
): Promise<A> => Effect.runPromise(Effect.provide(program, networkOf(world)), { signal })
