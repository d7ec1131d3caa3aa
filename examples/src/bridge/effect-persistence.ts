import { randomBytes } from "node:crypto"
import {
  ApiClient,
  apiClientLayer,
  clientCredentials,
  clientSecretBasic,
  discoveryLayer,
  encryptedStore,
  encryptionKey,
  httpLayer,
  sharedFlightsLayer,
  tokenProviderLayer,
} from "@bearerkit/core"
import { kvTokenStore } from "@bearerkit/core/effect-persistence"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as KeyValueStore from "effect/persistence/KeyValueStore"

const { ISSUER, CLIENT_ID, CLIENT_SECRET, API, AUDIENCE } = process.env as Record<string, string>

// in the place of the memory KeyValueStore.layerFileSystem or layerSql, and a key that is kept
const stored = encryptedStore({ keys: [encryptionKey("one", randomBytes(32))] }).pipe(
  Layer.provide(kvTokenStore()),
  Layer.provide(KeyValueStore.layerMemory),
)

const client = { issuer: ISSUER!, clientId: CLIENT_ID!, clientAuth: clientSecretBasic(CLIENT_SECRET!) }
const live = apiClientLayer({ [API!]: { audience: AUDIENCE!, scope: "read" } }).pipe(
  Layer.provide(tokenProviderLayer({ client, flow: clientCredentials() })),
  Layer.provide(discoveryLayer),
  Layer.provide(Layer.mergeAll(httpLayer(), sharedFlightsLayer)),
)

// as two runs of a program: the second finds the token of the first in the store
const run = Effect.provide(
  ApiClient.use((api) => api.fetch(`${API}/orders`)),
  Layer.fresh(live),
)
const [, response] = await Effect.runPromise(Effect.provide(Effect.all([run, run]), stored))
console.log(response.status, await response.text())
