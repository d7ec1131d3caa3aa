import {
  Discovery,
  Http,
  issuerKeys,
  makeVerifier,
  type Verifier,
  verifiedTokenCache,
  watchedFlights,
} from "../../packages/core/src/index.ts"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

const services = Discovery.layer.pipe(Layer.provideMerge(Layer.mergeAll(Http.layer(), watchedFlights)))

/** What an API ships that verifies tokens with the keys that their issuer publishes, and remembers them. */
export const start = (issuer: string, audience: string): Promise<Verifier> =>
  Effect.runPromise(
    Effect.provide(makeVerifier({ issuer, audience, keys: issuerKeys(), cache: verifiedTokenCache() }), services),
  )
