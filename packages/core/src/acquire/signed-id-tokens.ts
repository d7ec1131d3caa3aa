import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import { sharedFlights, SingleFlight } from "../http/single-flight.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { type IdTokenVerifier, makeIdTokenVerifier } from "../verify/id-token.ts"
import { issuerKeys } from "../verify/issuer-keys.ts"
import { asRefused } from "./complete.ts"

/** A verifier of this client's ID tokens, which fetches the issuer's keys: for one login. */
export const signedIdTokens = ({
  issuer,
  clientId,
}: Pick<Client, "clientId" | "issuer">): Effect.Effect<IdTokenVerifier, AcquireError, Discovery | Http> =>
  makeIdTokenVerifier({ issuer, clientId, keys: issuerKeys() }).pipe(
    Effect.provideService(SingleFlight, sharedFlights),
    Effect.mapError(asRefused),
  )
