import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import type { Http } from "../http/client.ts"
import type { SingleFlight } from "../http/single-flight.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { makeLoginSource } from "../provide/login-source.ts"
import { makeProvider, type TokenProvider } from "../provide/token-provider.ts"
import type { Lock } from "../store/lock.ts"
import { makeTimelyToken, type TimelyToken } from "./timely-token.ts"
import type { KeptSession } from "./sessions.ts"
import { loginStoreOf, type SessionEntry } from "./session-entry.ts"

/** The provider of a session's tokens, shared by all requests of the session in this process while it is in use. */
export type SessionTokens = (session: Pick<KeptSession, "key" | "entry">) => Effect.Effect<TokensOfSession>

export interface TokensOfSession {
  readonly provider: TokenProvider["Service"]
  /** For pages that work without a token. */
  readonly timely: TimelyToken
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
    const known = new WeakMap<SessionEntry, TokensOfSession>()
    const make = Effect.fnUntraced(function* (entry: SessionEntry, key: string) {
      const options = { dpop: client.dpop, ahead: renewsAhead }
      const provider = yield* makeProvider(sourceOf(loginStoreOf(entry), key), options)
      return { provider, timely: yield* makeTimelyToken(provider, client) }
    })
    return Effect.fnUntraced(function* ({ key, entry }) {
      const tokens = known.get(entry) ?? (yield* Effect.provideContext(make(entry, key), services))
      known.set(entry, tokens)
      return tokens
    })
  },
)
