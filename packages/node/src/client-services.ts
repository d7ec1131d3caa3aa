import {
  type Client,
  clientCredentials,
  exchangeWire,
  learningClock,
  ChainListener,
  makeDelegation,
  makeLogin,
  makeTokenProvider,
  memoryStorage,
  networkContext,
  none,
  sharedFlights,
  telemetryEvents,
  TokenProvider,
} from "@bearerkit/core"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { createHash } from "node:crypto"
import type { ClientOptions } from "./client-options.ts"
import { dispatchedFetch } from "./dispatched-fetch.ts"
import { httpExchange } from "./http-exchange.ts"

/** The services of a client: those of the core, with Node's network. */
export const clientServices = Effect.fnUntraced(function* ({ storage = memoryStorage(), ...options }: ClientOptions) {
  const network = yield* networkOf(options)
  return Context.merge(network, yield* Effect.provideContext(storage.services, network))
})

/** The source of its tokens: a `TokenProvider`, and a `Login` if a person signs in. */
export const tokensOf = (options: ClientOptions) => {
  const { flow = clientCredentials(), account = "" } = options
  const client = coreClient(options)
  return "signIn" in flow
    ? makeLogin({ client, key: loginKey(client, account) })
    : Effect.map(makeTokenProvider({ client, flow }), (provider) => Context.make(TokenProvider, provider))
}

/** Made on first use, as only some programs need it. */
export const delegationOf = (options: ClientOptions) => {
  const { wire = exchangeWire, allowedTargets } = options.delegation ?? {}
  return makeDelegation({ client: coreClient(options), wire, allowedTargets })
}

/** The client in the core's terms. */
export const coreClient = ({ issuer, clientId, clientAuth = none(), dpop }: ClientOptions): Client => ({
  issuer,
  clientId,
  clientAuth,
  dpop,
})

const networkOf = ({ dispatcher, onEvent, ...options }: ClientOptions) => {
  const fetch = dispatcher === undefined ? options.fetch : dispatchedFetch(dispatcher, options.fetch)
  const network = networkContext({
    ...options,
    fetch,
    exchange: fetch === undefined ? httpExchange : undefined,
    flights: sharedFlights,
    clock: learningClock,
    telemetry: onEvent && telemetryEvents(onEvent),
  })
  return onEvent === undefined ? network : Effect.map(network, Context.add(ChainListener, onEvent))
}

/** Reveals nothing to a reader of the store. */
const loginKey = ({ issuer, clientId }: Client, account: string): string =>
  `login:${createHash("sha256")
    .update(JSON.stringify([issuer, clientId, account]))
    .digest("hex")}`
