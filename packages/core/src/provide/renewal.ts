import * as Effect from "effect/Effect"
import { observedAcquisition } from "../acquire/acquisition.ts"
import type { Flow } from "../acquire/flow.ts"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import { retryTransient } from "../http/retry.ts"
import type { ServerMetadata } from "../model/metadata.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import { Discovery } from "../protocol/discovery.ts"
import { asAcquire } from "../protocol/client-request.ts"

/** Runs a flow, and retries transient failures if its `replay` rule allows it. */
export const acquireWithRetries = (
  flow: Flow,
  client: Client,
  target: Target,
): Effect.Effect<TokenSet, AcquireError, Http | Discovery> =>
  observedAcquisition(withRetries(flow, client, target), { grant: flow.grant, client, target })

const withRetries = Effect.fnUntraced(function* (flow: Flow, client: Client, target: Target) {
  if (flow.discovers) yield* discovered(client)
  const attempt = flow.acquire(client, target)
  return yield* flow.replay === "never" ? attempt : retryTransient(attempt)
})

/** Fetches the issuer's metadata before the flow, so that retries of the two do not multiply. */
export const discovered = ({ issuer }: Client): Effect.Effect<ServerMetadata, AcquireError, Discovery> =>
  retryTransient(
    Effect.mapError(
      Discovery.use((discovery) => discovery.metadata(issuer)),
      asAcquire,
    ),
  )
