import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Observer, Telemetry } from "./telemetry.ts"

/** A layer of `Telemetry`, and its observer for programs without layers. */
export interface TelemetryLayer extends Layer.Layer<never> {
  readonly observer: Effect.Effect<Observer>
}

export const telemetryLayer = (observer: Effect.Effect<Observer>): TelemetryLayer =>
  Object.assign(/*#__PURE__*/ Layer.effect(Telemetry, observer), { observer })
