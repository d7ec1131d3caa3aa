import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type { Explanation } from "../errors/explanation.ts"

/** Attributes of a span or a count: few, bounded, and never a token, a secret or a query. */
export type Attributes = Readonly<Record<string, number | string>>

/** The names of spans; docs/observability.md lists their attributes. */
export type SpanName =
  | "api.call"
  | "http.request"
  | "oauth.delegate"
  | "oauth.discovery"
  | "oauth.keys"
  | "oauth.renew_login"
  | "oauth.store"
  | "oauth.token"

/** The names of counters; docs/observability.md lists their attributes. */
export type Counter =
  | "acquired"
  | "api_retry"
  | "cache_hit"
  | "coalesced"
  | "dpop_nonce_retry"
  | "failed"
  | "renewed"
  | "soft_refresh"

/** The name and the attributes of a span, and those that its result adds. */
export interface Span<A = unknown> {
  readonly name: SpanName
  readonly attributes: Attributes
  /** Attributes that are known only afterwards. */
  readonly outcome?: ((value: A) => Attributes) | undefined
}

/** Observes a program. The default only writes warnings to the console. */
export interface Observer {
  /** Runs a piece of work and measures it. */
  readonly span: <A, E extends Explained, R>(work: Effect.Effect<A, E, R>, span: Span<A>) => Effect.Effect<A, E, R>
  /** A plain function that must not throw: the hot path calls it. */
  readonly count: (counter: Counter, attributes: Attributes) => void
  /** Reports a failure that surfaces nowhere else, as a sentence. */
  readonly warn: (message: string) => Effect.Effect<void>
}

/** An error with a stable code, as those of all stages. */
export interface Explained {
  readonly explanation: Explanation
}

/** The observer of the programs and layers it is provided to. */
export const Telemetry: Context.Reference<Observer> = /*#__PURE__*/ Context.Reference<Observer>(
  "@bearerkit/core/Telemetry",
  { defaultValue: () => ({ span: (work) => work, count: () => {}, warn: toConsole }) },
)

/** Measures a piece of work with the current observer. */
export const inSpan = <A, E extends Explained, R>(
  work: Effect.Effect<A, E, R>,
  span: Span<A>,
): Effect.Effect<A, E, R> => Effect.flatMap(Telemetry, (telemetry) => telemetry.span(work, span))

/** Counts with the current observer. */
export const count = (counter: Counter, attributes: Attributes = {}): Effect.Effect<void> =>
  Effect.map(Telemetry, (telemetry) => telemetry.count(counter, attributes))

/** Warns with the current observer. Effect's own loggers would add to every bundle. */
export const warn = (message: string): Effect.Effect<void> =>
  Effect.flatMap(Telemetry, (telemetry) => telemetry.warn(message))

const toConsole = (message: string): Effect.Effect<void> =>
  Effect.sync(() => {
    // oxlint-disable-next-line no-console
    console.warn(`[bearerkit] ${message}`)
  })
