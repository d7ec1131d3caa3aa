import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { Http } from "../http/client.ts"
import type { SingleFlight } from "../http/single-flight.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { makeLoginSource } from "../provide/login-source.ts"
import { makeProvider, type TokenProvider } from "../provide/token-provider.ts"
import type { Lock } from "../store/lock.ts"
import { makePromptToken, type PromptToken } from "./prompt-token.ts"
import type { KeptSession } from "./session-keeper.ts"
import { loginsOf, type SessionStore } from "./session-store.ts"

/** The provider of a session's tokens: one for all requests of the session in this process, as long as it is in use. */
export type SessionTokens = (session: Pick<KeptSession, "key" | "sessions">) => Effect.Effect<TokensOfSession>

export interface TokensOfSession {
  readonly provider: TokenProvider["Service"]
  /** For what goes on without one. */
  readonly promptly: PromptToken
}

export interface SessionTokensOptions {
  readonly client: Client
  readonly renewsAhead: boolean
}

export const makeSessionTokens: (
  options: SessionTokensOptions,
) => Effect.Effect<SessionTokens, never, Discovery | Http | Lock | Scope.Scope | SingleFlight> = Effect.fnUntraced(
  function* ({ client, renewsAhead }) {
    const sourceOf = yield* makeLoginSource(client)
    const services = yield* Effect.context<Scope.Scope | SingleFlight>()
    const known = new WeakMap<SessionStore, TokensOfSession>()
    const make = Effect.fnUntraced(function* (sessions: SessionStore, key: string) {
      const options = { dpop: client.dpop, ahead: renewsAhead }
      const provider = yield* makeProvider(sourceOf(loginsOf(sessions), key), options)
      return { provider, promptly: yield* makePromptToken(provider, client) }
    })
    return Effect.fnUntraced(function* ({ key, sessions }) {
      const tokens = known.get(sessions) ?? (yield* Effect.provideContext(make(sessions, key), services))
      known.set(sessions, tokens)
      return tokens
    })
  },
)
