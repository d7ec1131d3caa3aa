import {
  ApiClient,
  apiClientLayer,
  clientCredentials,
  clientSecretBasic,
  discoveryLayer,
  memoryStoreLayer,
  sharedFlightsLayer,
  tokenProviderLayer,
} from "@bearerkit/core"
import { clientHttp } from "@bearerkit/core/effect-http"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"

const { ISSUER, CLIENT_ID, CLIENT_SECRET, API, AUDIENCE } = process.env as Record<string, string>

// the program's own client, which asks the issuer and the APIs: this one tells what it asks
const telling = HttpClient.tapRequest(({ method, url }) => Effect.sync(() => console.error(method, url)))
const ours = Layer.effect(HttpClient.HttpClient, Effect.map(HttpClient.HttpClient, telling)).pipe(
  Layer.provide(FetchHttpClient.layer),
)

const client = { issuer: ISSUER!, clientId: CLIENT_ID!, clientAuth: clientSecretBasic(CLIENT_SECRET!) }
const live = apiClientLayer({ [API!]: { audience: AUDIENCE!, scope: "read" } }).pipe(
  Layer.provide(tokenProviderLayer({ client, flow: clientCredentials() })),
  Layer.provide(discoveryLayer),
  Layer.provide(Layer.mergeAll(clientHttp(), sharedFlightsLayer, memoryStoreLayer())),
  Layer.provide(ours),
)

const orders = ApiClient.use((api) => api.fetch(`${API}/orders`))
const response = await Effect.runPromise(Effect.provide(orders, live))
console.log(response.status, await response.text())
