import type * as Effect from "effect/Effect"
import type { VerifyError } from "../errors/verify-error.ts"
import type { Http } from "../http/client.ts"
import type { SingleFlight } from "../http/single-flight.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { makeVerifier, type Verifier } from "./access-token.ts"
import { issuerKeys } from "./issuer-keys.ts"
import type { KeySource } from "./key-source.ts"
import type { VerifierOptions } from "./verifier-options.ts"

/** The services that verifiers need. */
export type Network = Discovery | Http | SingleFlight

/** One issuer whose tokens are accepted. */
export interface TrustedIssuer extends Omit<VerifierOptions<Network>, "keys"> {
  /** `issuerKeys()`, `jwks(set)` or `secret(value)`. @default issuerKeys() */
  readonly keys?: KeySource<Network> | undefined
}

/** A verifier of one issuer's tokens. */
export const makeIssuerVerifier = (issuer: TrustedIssuer): Effect.Effect<Verifier, VerifyError, Network> =>
  makeVerifier<Network>({ ...issuer, keys: issuer.keys ?? issuerKeys() })
