import {
  alongside,
  eventObserver,
  type TelemetryLayer,
  type TelemetryEvent,
  type TokenAtHand,
  type TokenProvider,
  tokensAtHand,
  type Warning,
} from "@bearerkit/core"
import type { Delegates } from "./delegates.ts"

/** Looks at one client from outside; it is given no token. */
export interface ClientObserver {
  /** What is known of the tokens at hand: for which target, and for how long. */
  readonly tokens: () => ReadonlyArray<TokenAtHand>
  /** Tells a listener what the client does from now on, once it has happened; returns how to stop. */
  readonly subscribe: (listener: (event: TelemetryEvent) => void) => () => void
  /** For the client: who is told, beside the console, what it does. */
  readonly telemetry: Pick<TelemetryLayer, "observer">
  /** For the client: what knows of its tokens. */
  readonly attach: (
    provider: Pick<TokenProvider["Service"], "held">,
    delegates: Pick<Delegates["Service"], "known">,
  ) => void
  /** For the client: what a developer should know. */
  readonly warned: (warning: Warning) => void
}

/** Makes what a client takes as its `observer`, for panels of developers and for logs. */
export const clientObserver = (): ClientObserver => {
  const listeners = new Set<(event: TelemetryEvent) => void>()
  let tokens: ClientObserver["tokens"] = () => []
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
    tokens: () => tokens(),
    subscribe: (listener) => {
      const own = (event: TelemetryEvent): void => listener(event)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    telemetry: { observer: alongside(eventObserver(tell)) },
    attach: (provider, delegates) => {
      tokens = () => withTraded(tokensAtHand(provider), delegates.known())
    },
    warned: ({ name, message }) => tell({ type: "warning", message: `${name}: ${message}` }),
  }
}

/** What was traded for is at hand as long as its login is. */
const withTraded = (
  own: ReadonlyArray<TokenAtHand>,
  traded: ReadonlyArray<TokenAtHand>,
): ReadonlyArray<TokenAtHand> => {
  const logins = new Set(own.map(({ login }) => login))
  return [...own, ...traded.filter(({ login }) => logins.has(login))]
}
