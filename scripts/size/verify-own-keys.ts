import { jwks, makeVerifier, secret, type Verifier } from "../../packages/core/src/index.ts"
import * as Effect from "effect/Effect"

interface Keys {
  readonly secret?: string
  readonly keys: ReadonlyArray<object>
}

/** What an API ships that verifies tokens with keys from its own configuration. */
export const start = (issuer: string, audience: string, own: Keys): Promise<Verifier> => {
  const keys = own.secret === undefined ? jwks(own) : secret(own.secret)
  return Effect.runPromise(makeVerifier({ issuer, audience, keys }))
}
