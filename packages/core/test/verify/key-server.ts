import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import type { ServerResponse } from "node:http"
import { httpLayer } from "../../src/http/client.ts"
import { sharedFlightsLayer } from "../../src/http/single-flight.ts"
import { watchedFlightsLayer } from "../../src/http/watched-flights.ts"
import { discoveryLayer } from "../../src/protocol/discovery.ts"
import { makeVerifier } from "../../src/verify/access-token.ts"
import { issuerKeys, type IssuerKeysOptions } from "../../src/verify/issuer-keys.ts"
import type { VerifiedTokenCache } from "../../src/verify/verified-token-cache.ts"
import { json, startServer } from "../support/server.ts"
import { audience } from "./mint.ts"

/** An issuer's key endpoint whose answers a test chooses. */
export interface KeyServer {
  readonly issuer: string
  /** How many times the key set was asked for. */
  readonly fetches: () => number
  keys: ReadonlyArray<object>
  cacheControl: string | undefined
  /** Instead of the keys. */
  answer: ((response: ServerResponse) => void) | undefined
  readonly stop: () => Promise<void>
}

export const keyServer = Effect.fnUntraced(function* (keys: ReadonlyArray<object>) {
  return yield* Effect.acquireRelease(
    Effect.promise(() => start(keys)),
    (server) => Effect.promise(server.stop),
  )
})

const start = async (keys: ReadonlyArray<object>): Promise<KeyServer> => {
  let fetches = 0
  const state = { keys, cacheControl: undefined as string | undefined, answer: undefined as KeyServer["answer"] }
  const server = await startServer((request, response) => {
    if (request.url?.startsWith("/.well-known/")) return json(response, 200, metadata(server.url))
    fetches++
    if (state.answer !== undefined) return state.answer(response)
    if (state.cacheControl !== undefined) response.setHeader("cache-control", state.cacheControl)
    return json(response, 200, { keys: state.keys })
  })
  let stopped = false
  const stop = async () => {
    if (!stopped) await server[Symbol.asyncDispose]()
    stopped = true
  }
  return Object.assign(state, { issuer: server.url, fetches: () => fetches, stop })
}

const metadata = (url: string) => ({ issuer: url, jwks_uri: `${url}/jwks`, response_types_supported: ["code"] })

/** A verifier with the issuer's keys, over the real HTTP service; `settled` is what Workers use. */
export const remoteVerifier = (server: KeyServer, { shared = true, cache, ...options }: RemoteVerifierOptions = {}) => {
  const flights = shared ? sharedFlightsLayer : watchedFlightsLayer
  const layers = discoveryLayer.pipe(Layer.provideMerge(Layer.merge(httpLayer(), flights)))
  return makeVerifier({ issuer: server.issuer, audience, keys: issuerKeys(options), cache }).pipe(
    Effect.provide(layers),
  )
}

export interface RemoteVerifierOptions extends IssuerKeysOptions {
  readonly shared?: boolean
  readonly cache?: VerifiedTokenCache
}

/** Runs an effect that talks to a real server while the test's clock goes on, so that retries are not waited for. */
export const letTimePass = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const passing = Effect.forever(Effect.andThen(tick, TestClock.adjust("100 millis")))
  return yield* Effect.raceFirst(effect, passing)
})

/** One turn of the event loop, in which answers of the network arrive. */
export const tick = Effect.promise(() => new Promise<void>((resolve) => setTimeout(resolve, 1)))

/** How many fetches there were, once those under way have come back. */
export const settledFetches = Effect.fnUntraced(function* (server: KeyServer, least = 0) {
  for (let turn = 0; turn < 500 && server.fetches() < least; turn++) yield* tick
  for (let turn = 0; turn < 5; turn++) yield* tick
  return server.fetches()
})
