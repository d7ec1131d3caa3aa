import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Explanation } from "../errors/explanation.ts"

/** Details of a span or a count: few, bounded, and never a token, a secret or a query. */
export type Attributes = Readonly<Record<string, number | string>>

/** What is measured from beginning to end; docs/observability.md has the attributes. */
export type SpanName =
  | "api.call"
  | "http.request"
  | "oauth.delegate"
  | "oauth.discovery"
  | "oauth.keys"
  | "oauth.renew_login"
  | "oauth.store"
  | "oauth.token"

/** What is counted; docs/observability.md has the attributes. */
export type Counter =
  | "acquired"
  | "api_retry"
  | "cache_hit"
  | "coalesced"
  | "dpop_nonce_retry"
  | "failed"
  | "renewed"
  | "soft_refresh"

export interface Span<A = unknown> {
  readonly name: SpanName
  readonly attributes: Attributes
  /** What is only known afterwards. */
  readonly outcome?: ((value: A) => Attributes) | undefined
}

/** What a program is observed with. The default only writes warnings to the console, and costs next to nothing. */
export interface Observer {
  /** Runs a piece of work, and measures it. */
  readonly span: <A, E extends Explained, R>(work: Effect.Effect<A, E, R>, span: Span<A>) => Effect.Effect<A, E, R>
  /** A plain function that must not throw: the hot path calls it. */
  readonly count: (counter: Counter, attributes: Attributes) => void
  /** Takes a sentence about something that went wrong and that nobody is told of otherwise. */
  readonly warn: (message: string) => Effect.Effect<void>
}

/** An error with a stable code; every stage's error is one. */
export interface Explained {
  readonly explanation: Explanation
}

/** The observer of the programs that it is provided to, layers among them. Two clients share one only if both are given it. */
export const Telemetry: Context.Reference<Observer> = /*#__PURE__*/ Context.Reference<Observer>(
  "@bearerkit/core/Telemetry",
  { defaultValue: () => ({ span: (work) => work, count: () => {}, warn: toConsole }) },
)

/** Measures a piece of work with the observer that is there when it runs. */
export const inSpan = <A, E extends Explained, R>(
  work: Effect.Effect<A, E, R>,
  span: Span<A>,
): Effect.Effect<A, E, R> => Effect.flatMap(Effect.service(Telemetry), (telemetry) => telemetry.span(work, span))

/** Counts with the observer that is there when it runs. */
export const count = (counter: Counter, attributes: Attributes = {}): Effect.Effect<void> =>
  Effect.map(Effect.service(Telemetry), (telemetry) => telemetry.count(counter, attributes))

/** Warns with the observer that is there when it runs. Effect's own loggers would be in every bundle. */
export const warn = (message: string): Effect.Effect<void> =>
  Effect.flatMap(Effect.service(Telemetry), (telemetry) => telemetry.warn(message))

const toConsole = (message: string): Effect.Effect<void> =>
  Effect.sync(() => {
    // oxlint-disable-next-line no-console
    console.warn(`[bearerkit] ${message}`)
  })
