import {
  type Client,
  clientCredentials,
  clockLayer,
  delegationLayer,
  discoveryLayer,
  fixedDiscoveryLayer,
  exchangeWire,
  httpLayer,
  learnedClock,
  Listener,
  loginLayer,
  memoryStorage,
  none,
  sharedFlightsLayer,
  storageLayer,
  telemetryEvents,
  tokenProviderLayer,
} from "@bearerkit/core"
import * as Layer from "effect/Layer"
import { createHash } from "node:crypto"
import type { ClientOptions } from "./client-options.ts"
import { dispatchedFetch } from "./dispatched-fetch.ts"

/** What a client is made of; of the core, but for what reaches out from this machine. */
export const clientLayer = (options: ClientOptions) =>
  providerLayer(coreClient(options), options).pipe(
    Layer.provideMerge(options.metadata === undefined ? discoveryLayer : fixedDiscoveryLayer(options.metadata)),
    Layer.provideMerge(dispatchingHttp(options)),
    Layer.provideMerge(sharedFlightsLayer),
    Layer.provideMerge(storageLayer(options.store ?? memoryStorage())),
    Layer.provideMerge(clockAndEvents(options)),
  )

/** What only some programs use, each of them built when it is. */
export const delegationOf = (options: ClientOptions) => {
  const { delegation: wire = exchangeWire, delegationTargets: allowedTargets } = options
  return delegationLayer({ client: coreClient(options), wire, allowedTargets })
}

/** The client in the core's words. */
export const coreClient = ({ issuer, clientId, clientAuth = none(), dpop }: ClientOptions): Client => ({
  issuer,
  clientId,
  clientAuth,
  dpop,
})

const providerLayer = (client: Client, { flow = clientCredentials(), account = "" }: ClientOptions) =>
  "signIn" in flow ? loginLayer({ client, key: loginKey(client, account) }) : tokenProviderLayer({ client, flow })

/** It tells a reader of the store nothing. */
const loginKey = ({ issuer, clientId }: Client, account: string): string =>
  `login:${createHash("sha256")
    .update(JSON.stringify([issuer, clientId, account]))
    .digest("hex")}`

const clockAndEvents = ({ now, onEvent }: ClientOptions): Layer.Layer<never> => {
  const clock = now === undefined ? learnedClock : clockLayer(now)
  if (onEvent === undefined) return clock
  return Layer.provideMerge(Layer.merge(Layer.succeed(Listener, onEvent), telemetryEvents(onEvent)), clock)
}

const dispatchingHttp = ({ fetch, dispatcher, timeout, allowInsecureRequests }: ClientOptions) =>
  httpLayer({
    timeout,
    allowInsecureRequests,
    fetch: dispatcher === undefined ? fetch : dispatchedFetch(dispatcher, fetch),
  })
