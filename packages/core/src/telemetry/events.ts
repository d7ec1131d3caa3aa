import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { telemetryLayer, type TelemetryLayer } from "./telemetry-layer.ts"
import type { Attributes, Counter, Explained, Observer, SpanName } from "./telemetry.ts"

/** An event of a program as plain data, without secrets. */
export type TelemetryEvent =
  | { readonly type: "count"; readonly name: Counter; readonly attributes: Attributes }
  | { readonly type: "warning"; readonly message: string }
  | {
      /** A finished piece of work. */
      readonly type: "span"
      readonly name: SpanName
      readonly attributes: Attributes
      /** Epoch milliseconds. */
      readonly startedAt: number
      /** Milliseconds. */
      readonly duration: number
      /** The error's stable code, `interrupted`, or `defect`; absent after success. */
      readonly failure?: string
    }

/** Calls a listener with every event. Exceptions of the listener are ignored. */
export const telemetryEvents = (listener: (event: TelemetryEvent) => void): TelemetryLayer =>
  telemetryLayer(Effect.succeed(eventObserver(listener)))

/** The observer of `telemetryEvents`, for programs without layers. */
export const eventObserver = (listener: (event: TelemetryEvent) => void): Observer => {
  const tell = (event: TelemetryEvent): void => {
    try {
      listener(event)
    } catch {
      // a listener must not change what happens
    }
  }
  return {
    count: (name, attributes) => tell({ type: "count", name, attributes }),
    warn: (message) => Effect.sync(() => tell({ type: "warning", message })),
    span: (work, { name, attributes, outcome }) =>
      Effect.flatMap(Clock.currentTimeMillis, (startedAt) =>
        Effect.onExit(work, (exit) =>
          Effect.map(Clock.currentTimeMillis, (endedAt) => {
            const known = Exit.isSuccess(exit) ? outcome?.(exit.value) : undefined
            const failure = failureOf(exit)
            tell({
              type: "span",
              name,
              attributes: { ...attributes, ...known },
              startedAt,
              duration: endedAt - startedAt,
              ...(failure !== undefined && { failure }),
            })
          }),
        ),
      ),
  }
}

/** The failure of a piece of work in one word; `undefined` after success. */
export const failureOf = (exit: Exit.Exit<unknown, Explained>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const error = exit.cause.reasons.find(Cause.isFailReason)?.error
  if (error !== undefined) return error.explanation.code
  return Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect"
}
