import {
  alongside,
  eventObserver,
  type Observing,
  type TelemetryEvent,
  type TokenAtHand,
  type TokenProvider,
  tokensAtHand,
  type Warning,
} from "@bearerkit/core"

/** Looks at one client from outside; it is given no token. */
export interface ClientObserver {
  /** What is known of the tokens at hand: for which target, and for how long. */
  readonly tokens: () => ReadonlyArray<TokenAtHand>
  /** Tells a listener what the client does from now on, once it has happened; returns how to stop. */
  readonly subscribe: (listener: (event: TelemetryEvent) => void) => () => void
  /** For the client: who is told, beside the console, what it does. */
  readonly telemetry: Pick<Observing, "observer">
  /** For the client: what it keeps its tokens in. */
  readonly attach: (provider: Pick<TokenProvider["Service"], "held">) => void
  /** For the client: what a developer should know. */
  readonly warned: (warning: Warning) => void
}

/** Makes what a client takes as its `observer`, for panels of developers and for logs. */
export const clientObserver = (): ClientObserver => {
  const listeners = new Set<(event: TelemetryEvent) => void>()
  let provider: Parameters<ClientObserver["attach"]>[0] | undefined
  const tell = (event: TelemetryEvent): void => {
    for (const listener of listeners) {
      try {
        listener(event)
      } catch {
        // whoever watches must not change what happens
      }
    }
  }
  return {
    tokens: () => (provider === undefined ? [] : tokensAtHand(provider)),
    subscribe: (listener) => {
      const own = (event: TelemetryEvent): void => listener(event)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    telemetry: { observer: alongside(eventObserver(tell)) },
    attach: (itsProvider) => {
      provider = itsProvider
    },
    warned: ({ name, message }) => tell({ type: "warning", message: `${name}: ${message}` }),
  }
}
