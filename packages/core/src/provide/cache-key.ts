import * as Effect from "effect/Effect"
import type { Flow } from "../acquire/flow.ts"
import type { Target } from "../model/target.ts"
import type { Client } from "../protocol/client.ts"
import { digestOf } from "../protocol/digest.ts"

/** Everything that changes which token comes back, written so that equal things are equal text. Holds no secret. */
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

/** The name under which a store keeps what belongs to a cache key: it tells a reader of the store nothing. */
export const storeKey = (key: string): Effect.Effect<string> =>
  Effect.map(digestOf(key), (digest) => `tokens:${digest}`)
