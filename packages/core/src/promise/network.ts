import * as Layer from "effect/Layer"
import type { Http } from "../http/client.ts"
import { learningClock } from "../http/learned-clock.ts"
import { sharedFlights, type SingleFlight } from "../http/single-flight.ts"
import { watchedFlights } from "../http/watched-flights.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { networkContext } from "./network-context.ts"
import type { NetworkOptions } from "./network-options.ts"

/** The services for requests to issuers, with a clock that learns from their answers. */
export const networkLayer = ({
  sharesPromises = true,
  ...options
}: NetworkOptions): Layer.Layer<Discovery | Http | SingleFlight> =>
  Layer.effectContext(
    networkContext({ ...options, flights: sharesPromises ? sharedFlights : watchedFlights, clock: learningClock }),
  )
