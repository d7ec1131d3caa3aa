import * as Effect from "effect/Effect"
import type { Flow } from "../acquire/flow.ts"
import type { Target } from "../model/target.ts"
import type { Client } from "../protocol/client.ts"
import { digestOf } from "../protocol/digest.ts"

/** The cache key of a token: everything that affects which token comes back, in canonical form, without secrets. */
export const cacheKey = (client: Client, flow: Flow, target: Target): string =>
  JSON.stringify([
    client.issuer,
    client.clientId,
    flow.grant,
    flow.identity,
    target.audiences,
    target.resources,
    target.scopes,
    target.organization ?? null,
    client.dpop?.thumbprint ?? null,
  ])

/** The store's key for a cache key: a digest, which reveals nothing to a reader of the store. */
export const storeKey = (key: string): Effect.Effect<string> =>
  Effect.map(digestOf(key), (digest) => `tokens:${digest}`)
