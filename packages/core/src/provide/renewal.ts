import * as Effect from "effect/Effect"
import type { Flow } from "../acquire/flow.ts"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import { retryTransient } from "../http/retry.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"

/** Runs a flow, and again after a passing failure where its `replay` rule allows that. */
export const acquireWithRetries = (
  flow: Flow,
  client: Client,
  target: Target,
): Effect.Effect<TokenSet, AcquireError, Http | Discovery> => {
  const attempt = flow.acquire(client, target)
  return flow.replay === "never" ? attempt : retryTransient(attempt)
}
