import {
  watchedFlights,
  issuerKeys,
  makeVerifier,
  networkContext,
  type Verifier,
  verifiedTokenCache,
} from "../../packages/core/src/index.ts"
import * as Effect from "effect/Effect"

const network = networkContext({ flights: watchedFlights })

/** What an API ships that verifies tokens with the keys that their issuer publishes, and remembers them. */
export const start = (issuer: string, audience: string): Promise<Verifier> => {
  const verifier = makeVerifier({ issuer, audience, keys: issuerKeys(), cache: verifiedTokenCache() })
  return Effect.runPromise(Effect.flatMap(network, (services) => Effect.provideContext(verifier, services)))
}
