import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { Background } from "../http/background.ts"
import { type Exchange, Http, makeHttp } from "../http/client.ts"
import { clockOf } from "../http/clock.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { Discovery, fixedDiscovery, makeDiscovery } from "../protocol/discovery.ts"
import type { TelemetryLayer } from "../telemetry/telemetry-layer.ts"
import { Telemetry } from "../telemetry/telemetry.ts"
import type { NetworkOptions } from "./network-options.ts"

/** Takes the flights as a value, so that a bundle has only those. */
export interface NetworkChoice extends Omit<NetworkOptions, "sharesPromises" | "telemetry"> {
  /** `sharedFlights`, or on Workers `watchedFlights`. */
  readonly flights: SingleFlight["Service"]
  /** Sends requests to the issuer, if not by `fetch`. */
  readonly exchange?: Exchange | undefined
  readonly telemetry?: Pick<TelemetryLayer, "observer"> | undefined
  /** Such as `learningClock`; `now` takes precedence. @default this machine's clock */
  readonly clock?: Effect.Effect<Context.Context<never>> | undefined
}

/** The services for requests to issuers, made without layers, which would be a large part of a small program. */
export const networkContext = Effect.fnUntraced(function* (options: NetworkChoice) {
  const { metadata, flights, waitUntil, telemetry, now, clock = Effect.succeed(Context.empty()) } = options
  const time = now === undefined ? yield* clock : Context.make(Clock.Clock, yield* clockOf(now))
  let context: Context.Context<Http | SingleFlight> = time.pipe(
    Context.add(Http, makeHttp(options, options.exchange)),
    Context.add(SingleFlight, flights),
  )
  if (waitUntil !== undefined) context = Context.add(context, Background, waitUntil)
  if (telemetry !== undefined) context = Context.add(context, Telemetry, yield* telemetry.observer)
  const discovery =
    metadata === undefined ? yield* Effect.provideContext(makeDiscovery, context) : fixedDiscovery(metadata)
  return Context.add(context, Discovery, discovery) satisfies Context.Context<Discovery | Http | SingleFlight>
})
