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

/** Observes one client, without its tokens. */
export interface ClientObserver {
  /** What is known about the cached tokens, such as their target and expiry. */
  readonly tokens: () => ReadonlyArray<TokenAtHand>
  /** Calls the listener for each event from now on; returns a function that stops it. */
  readonly subscribe: (listener: (event: TelemetryEvent) => void) => () => void
  /** For the client: receives its telemetry. */
  readonly telemetry: Pick<TelemetryLayer, "observer">
  /** For the client: sets the sources of `tokens`. */
  readonly attach: (
    provider: Pick<TokenProvider["Service"], "held">,
    delegates: Pick<Delegates["Service"], "known">,
  ) => void
  /** For the client: receives its warnings. */
  readonly warned: (warning: Warning) => void
}

/** Makes an observer for the option `observer` of one client, for developer panels and logs. */
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

/** A traded token is shown as long as its login has tokens. */
const withTraded = (
  own: ReadonlyArray<TokenAtHand>,
  traded: ReadonlyArray<TokenAtHand>,
): ReadonlyArray<TokenAtHand> => {
  const logins = new Set(own.map(({ login }) => login))
  return [...own, ...traded.filter(({ login }) => logins.has(login))]
}
