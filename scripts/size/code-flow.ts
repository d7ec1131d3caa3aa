import {
  ApiClient,
  authorizationCode,
  beginAuthorization,
  type Begun,
  type Client,
  Discovery,
  Http,
  type KeyValueStorage,
  keyValueStore,
  SingleFlight,
  TokenProvider,
} from "../../packages/core/src/index.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"

const protocol = Discovery.layer.pipe(Layer.provideMerge(Layer.mergeAll(Http.layer(), SingleFlight.shared)))
const api = "https://api.example.com"

/** What a browser ships that signs a person in and calls an API: code flow, provider, store, API client. */
export const start = (client: Client, redirectUri: string): Promise<Begun> =>
  Effect.runPromise(Effect.provide(beginAuthorization(client, { audience: api }, { redirectUri }), protocol))

export const connect = (client: Client, begun: Begun, storage: KeyValueStorage) => {
  const flow = authorizationCode({ transaction: begun.transaction, callback: location.href })
  const provider = TokenProvider.layer({ client, flow }).pipe(Layer.provide(keyValueStore(() => storage)))
  const calls = ApiClient.layer({ [api]: { audience: api } }).pipe(Layer.provide(provider), Layer.provide(protocol))
  const runtime = ManagedRuntime.make(calls)
  return (path: string, init?: RequestInit) =>
    runtime.runPromise(ApiClient.use((client) => client.fetch(new URL(path, api), init)))
}
