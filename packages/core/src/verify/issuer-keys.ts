import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Http } from "../http/client.ts"
import type { SingleFlight } from "../http/single-flight.ts"
import { asymmetricAlgorithms } from "../jws/algorithm.ts"
import { makeRemoteKeys } from "../jws/remote-keys.ts"
import { millisOf } from "../model/millis.ts"
import { type Discovery, requireEndpoint } from "../protocol/discovery.ts"
import { invalidOptions, type KeySource } from "./key-source.ts"

/** Options of `issuerKeys`. */
export interface IssuerKeysOptions {
  /** How long a key set is still used after its lifetime while the issuer cannot be reached. @default 1 day */
  readonly maxStale?: Duration.Input | undefined
}

/**
 * The keys at the `jwks_uri` of the issuer's metadata. They are first fetched for a token that passes all other checks,
 * so a verifier starts without its issuer.
 *
 * @see RFC 8414 §2, OpenID Connect Discovery §3
 */
export const issuerKeys = (options: IssuerKeysOptions = {}): KeySource<Discovery | Http | SingleFlight> => ({
  symmetric: false,
  defaultAlgorithms: asymmetricAlgorithms,
  prepare: ({ issuer, algorithms }) => {
    const maxStale = millisOf(options.maxStale ?? "1 day")
    if (maxStale === undefined) return Effect.fail(invalidOptions({ field: "maxStale", problem: "must be a duration" }))
    return makeRemoteKeys({ url: requireEndpoint(issuer, "jwksUri"), algorithms, maxStale })
  },
})
