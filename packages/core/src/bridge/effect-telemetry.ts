import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import { failureOf } from "../telemetry/events.ts"
import { telemetryLayer, type TelemetryLayer } from "../telemetry/telemetry-layer.ts"
import type { Counter } from "../telemetry/telemetry.ts"

/**
 * Spans with Effect's tracer, counters `bearerkit.<name>` with its metrics, warnings with its loggers. They come from
 * the context in which the layer is built and the program runs: a `MetricRegistry` of its own separates the metrics of
 * two clients.
 *
 * @example layerOfTheClient.pipe(Layer.provideMerge(effectTelemetry))
 */
export const effectTelemetry: TelemetryLayer = /*#__PURE__*/ telemetryLayer(
  /*#__PURE__*/ Effect.map(/*#__PURE__*/ Effect.context<never>(), (context) => {
    const counters = new Map<Counter, Metric.Counter<number>>()
    const counterOf = (name: Counter): Metric.Counter<number> => {
      const counter = counters.get(name) ?? Metric.counter(`bearerkit.${name}`, { incremental: true })
      counters.set(name, counter)
      return counter
    }
    return {
      count: (name, attributes) => Metric.withAttributes(counterOf(name), texts(attributes)).updateUnsafe(1, context),
      warn: (message) => Effect.logWarning(message),
      span: (work, { name, attributes, outcome }) =>
        work.pipe(
          Effect.tap((value) => Effect.annotateCurrentSpan(outcome?.(value) ?? {})),
          Effect.onExit((exit) => {
            const failure = failureOf(exit)
            return failure === undefined ? Effect.void : Effect.annotateCurrentSpan("error.type", failure)
          }),
          Effect.withSpan(name, { attributes }, { captureStackTrace: false }),
        ),
    }
  }),
)

/** Attributes of metrics are text only. */
const texts = (attributes: Readonly<Record<string, number | string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, String(value)]))
