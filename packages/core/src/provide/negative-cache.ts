import * as Duration from "effect/Duration"
import { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"

/** Remembers for whom it is no use to ask again yet. One for each provider, so for each subject. */
export interface NegativeCache {
  /** The failure that still holds, if one does. */
  readonly holds: (now: number) => AcquireError | undefined
  readonly learn: (error: AcquireError | StoreError, now: number) => void
}

/** Keeps 429 and 503 for as long as the server asks, which counts for the whole subject, and a refused client for five seconds. */
export const makeNegativeCache = (): NegativeCache => {
  let kept: { readonly error: AcquireError; readonly until: number } | undefined
  return {
    holds: (now) => (kept !== undefined && kept.until > now ? kept.error : undefined),
    learn: (error, now) => {
      const wait = error instanceof AcquireError ? waitOf(error) : undefined
      if (wait !== undefined && error instanceof AcquireError) kept = { error, until: now + Duration.toMillis(wait) }
    },
  }
}

const refusedClient = Duration.seconds(5)

const waitOf = ({ reason }: AcquireError): Duration.Duration | undefined => {
  if (reason._tag === "Unavailable" && (reason.status === 429 || reason.status === 503)) return reason.retryAfter
  return reason._tag === "Rejected" && reason.code === "invalid_client" ? refusedClient : undefined
}
