import * as Layer from "effect/Layer"
import { Background, type WaitUntil } from "../http/background.ts"
import { Http, type HttpOptions } from "../http/client.ts"
import { clockLayer, learnedClock } from "../http/clock.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { watchedFlights } from "../http/watched-flights.ts"
import type { ServerMetadata } from "../model/metadata.ts"
import { Discovery } from "../protocol/discovery.ts"

/** How an adapter talks to issuers. */
export interface NetworkOptions extends HttpOptions {
  /** For an issuer without a metadata document: what it offers, given by hand. */
  readonly metadata?: ServerMetadata | undefined
  /** Whether one request may wait for what another began, which Workers do not allow. @default true */
  readonly sharesPromises?: boolean | undefined
  /**
   * Keeps work alive that nobody waits for any more: a renewal of which the client has gone, or one ahead of time. For
   * runtimes that stop a request with its answer, such as Workers.
   */
  readonly waitUntil?: WaitUntil | undefined
  /** Who is told of what happens, such as `telemetryEvents(listener)`. @default nobody */
  readonly telemetry?: Layer.Layer<never> | undefined
  /** Epoch milliseconds. @default Date.now, set right by what the issuer's answers say */
  readonly now?: (() => number) | undefined
}

/** What everything that asks an issuer needs. */
export const networkLayer = (options: NetworkOptions): Layer.Layer<Discovery | Http | SingleFlight> => {
  const { metadata, sharesPromises = true, waitUntil = () => {}, telemetry = Layer.empty, now } = options
  const discovery = metadata === undefined ? Discovery.layer : Discovery.fixed(metadata)
  const flights = sharesPromises ? SingleFlight.shared : watchedFlights
  return discovery.pipe(
    Layer.provideMerge(Layer.merge(Http.layer(options), flights)),
    Layer.provideMerge(Layer.succeed(Background, waitUntil)),
    Layer.provideMerge(telemetry),
    Layer.provideMerge(now === undefined ? learnedClock : clockLayer(now)),
  )
}
