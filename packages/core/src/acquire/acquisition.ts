import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Target } from "../model/target.ts"
import type { Client } from "../protocol/client.ts"
import { type Attributes, count, inSpan } from "../telemetry/telemetry.ts"

export interface Acquisition {
  readonly grant: string
  readonly client: Client
  readonly target: Target
}

/** Observes one acquisition, its retries included: the span `oauth.token` and its outcome. */
export const observedAcquisition = <A, R>(
  work: Effect.Effect<A, AcquireError, R>,
  { grant, client, target }: Acquisition,
): Effect.Effect<A, AcquireError, R> =>
  inSpan(
    Effect.tapError(
      Effect.tap(work, () => count("acquired", { grant })),
      ({ explanation }) => count("failed", { grant, code: explanation.code }),
    ),
    { name: "oauth.token", attributes: { grant, ...clientAttributes(client), audience: audienceOf(target) } },
  )

/** The client as attributes. */
export const clientAttributes = ({ issuer, clientId }: Client): Attributes => ({
  issuer,
  client_id: clientId,
})

/** The target of a token as one attribute. */
export const audienceOf = ({ audiences, resources }: Target): string => [...audiences, ...resources].join(" ")
