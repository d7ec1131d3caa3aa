import type { WaitUntil } from "../http/background.ts"
import type { HttpOptions } from "../http/client.ts"
import type { ServerMetadata } from "../model/metadata.ts"
import type { TelemetryLayer } from "../telemetry/telemetry-layer.ts"

/** How an adapter talks to issuers. */
export interface NetworkOptions extends HttpOptions {
  /** Fixed metadata, for an issuer without a metadata document. */
  readonly metadata?: ServerMetadata | undefined
  /** Whether a request may wait for a promise of another request, which Workers do not allow. @default true */
  readonly sharesPromises?: boolean | undefined
  /**
   * Keeps background work alive, such as a renewal ahead of time or one whose client has gone. For runtimes that stop a
   * request with its response, such as Workers.
   */
  readonly waitUntil?: WaitUntil | undefined
  /** Observes what happens, such as `telemetryEvents(listener)`. @default none */
  readonly telemetry?: TelemetryLayer | undefined
  /** Epoch milliseconds. @default Date.now, corrected by the issuer's answers */
  readonly now?: (() => number) | undefined
}
