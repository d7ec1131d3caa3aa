import {
  authorizationCode,
  beginAuthorization,
  type Begun,
  type Client,
  type KeyValueStorage,
  makeApiClient,
  makeKeyValueStore,
  makeTokenProvider,
  networkContext,
  sharedFlights,
  TokenStore,
} from "../../packages/core/src/index.ts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"

const network = networkContext({ flights: sharedFlights })
const api = "https://api.example.com"

/** What a browser ships that signs a person in and calls an API: code flow, provider, store, API client. */
export const start = (client: Client, redirectUri: string): Promise<Begun> => {
  const begun = beginAuthorization(client, { audience: api }, { redirectUri })
  return Effect.runPromise(Effect.flatMap(network, (services) => Effect.provideContext(begun, services)))
}

export const connect = (client: Client, begun: Begun, storage: KeyValueStorage) => {
  const flow = authorizationCode({ transaction: begun.transaction, callback: location.href })
  const calls = Effect.gen(function* () {
    const services = Context.add(
      yield* network,
      TokenStore,
      makeKeyValueStore(() => storage),
    )
    const provider = yield* Effect.provideContext(makeTokenProvider({ client, flow }), services)
    return yield* Effect.provideContext(makeApiClient({ [api]: { audience: api } }, provider), services)
  })
  const made = Effect.runSync(Scope.provide(calls, Scope.makeUnsafe()))
  return (path: string, init?: RequestInit) => Effect.runPromise(made.fetch(new URL(path, api), init))
}
