import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { telemetryLayer, type TelemetryLayer } from "./telemetry-layer.ts"
import type { Attributes, Counter, Explained, Observer, SpanName } from "./telemetry.ts"

/** What a program does, as plain data without anything secret. */
export type TelemetryEvent =
  | { readonly type: "count"; readonly name: Counter; readonly attributes: Attributes }
  | { readonly type: "warning"; readonly message: string }
  | {
      /** A piece of work that has ended. */
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

/** Tells a listener of everything that happens, once it has happened. What the listener throws is dropped. */
export const telemetryEvents = (listener: (event: TelemetryEvent) => void): TelemetryLayer =>
  telemetryLayer(Effect.succeed(eventObserver(listener)))

/** The same for those who build no layers. */
export const eventObserver = (listener: (event: TelemetryEvent) => void): Observer => {
  const tell = (event: TelemetryEvent): void => {
    try {
      listener(event)
    } catch {
      // whoever watches must not change what happens
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

/** How a piece of work failed, in one word; nothing when it did not. */
export const failureOf = (exit: Exit.Exit<unknown, Explained>): string | undefined => {
  if (Exit.isSuccess(exit)) return undefined
  const error = exit.cause.reasons.find(Cause.isFailReason)?.error
  if (error !== undefined) return error.explanation.code
  return Cause.hasInterruptsOnly(exit.cause) ? "interrupted" : "defect"
}
