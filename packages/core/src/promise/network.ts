import * as Layer from "effect/Layer"
import { Background } from "../http/background.ts"
import { Http } from "../http/client.ts"
import { clockLayer } from "../http/clock.ts"
import { learnedClock } from "../http/learned-clock.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { watchedFlights } from "../http/watched-flights.ts"
import { Discovery } from "../protocol/discovery.ts"
import type { NetworkOptions } from "./network-options.ts"

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
