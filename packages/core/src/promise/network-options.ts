import type { WaitUntil } from "../http/background.ts"
import type { HttpOptions } from "../http/client.ts"
import type { ServerMetadata } from "../model/metadata.ts"
import type { TelemetryLayer } from "../telemetry/telemetry-layer.ts"

/** How an adapter talks to issuers. */
export interface NetworkOptions extends HttpOptions {
  /** For an issuer without a metadata document: what it offers, given by hand. */
  readonly metadata?: ServerMetadata | undefined
  /** Whether one request may wait for what another began, which Workers do not allow. @default true */
  readonly sharesPromises?: boolean | undefined
  /**
   * Keeps work alive that nobody waits for any more: a renewal of which the client has gone, or one ahead of time. For
   * runtimes that stop a request with its answer, such as Workers.
   */
  readonly waitUntil?: WaitUntil | undefined
  /** Who is told of what happens, such as `telemetryEvents(listener)`. @default nobody */
  readonly telemetry?: TelemetryLayer | undefined
  /** Epoch milliseconds. @default Date.now, set right by what the issuer's answers say */
  readonly now?: (() => number) | undefined
}
