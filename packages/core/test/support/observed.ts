import type * as Layer from "effect/Layer"
import { type TelemetryEvent, telemetryEvents } from "../../src/telemetry/events.ts"
import type { Attributes, Counter, SpanName } from "../../src/telemetry/telemetry.ts"

export interface Observed {
  readonly layer: Layer.Layer<never>
  readonly events: ReadonlyArray<TelemetryEvent>
  /** The names of the spans in the order in which they ended. */
  readonly spans: (name: SpanName) => ReadonlyArray<Extract<TelemetryEvent, { type: "span" }>>
  /** How often something was counted, with these attributes among others. */
  readonly counted: (name: Counter, attributes?: Attributes) => number
}

/** What a program tells of itself, to be looked at by a test. */
export const observe = (): Observed => {
  const events: Array<TelemetryEvent> = []
  return {
    layer: telemetryEvents((event) => void events.push(event)),
    events,
    spans: (name) => events.filter((event) => event.type === "span" && event.name === name) as never,
    counted: (name, attributes = {}) =>
      events.filter(
        (event) =>
          event.type === "count" &&
          event.name === name &&
          Object.entries(attributes).every(([key, value]) => event.attributes[key] === value),
      ).length,
  }
}
