import * as Effect from "effect/Effect"
import { type Observer, Telemetry } from "./telemetry.ts"

/** Adds an observer to the current one. */
export const alongside = (added: Observer): Effect.Effect<Observer> =>
  Effect.map(Effect.service(Telemetry), (known) => ({
    span: (work, span) => known.span(added.span(work, span), span),
    count: (name, attributes) => {
      known.count(name, attributes)
      added.count(name, attributes)
    },
    warn: (message) => Effect.andThen(known.warn(message), added.warn(message)),
  }))
