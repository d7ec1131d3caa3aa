import type { NetworkOptions } from "@bearerkit/core"
import { waitUntil } from "cloudflare:workers"
import type { DocumentCache } from "./document-cache.ts"

/** Options of `edgeNetwork`. */
export interface EdgeNetworkOptions {
  /** Shares key sets and metadata between isolates: `edgeCache()` or `kvCache(env.KV)`. @default not shared */
  readonly cache?: DocumentCache | undefined
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Network options for adapters on Workers: requests share no promises, and `waitUntil` lets work that has begun finish
 * after the response is sent. Make one for each adapter.
 *
 * @example bearerAuth({ issuer, audience, ...edgeNetwork({ cache: edgeCache() }) })
 */
export const edgeNetwork = ({
  cache,
  fetch = (input, init) => globalThis.fetch(input, init),
}: EdgeNetworkOptions = {}): Required<Pick<NetworkOptions, "fetch" | "sharesPromises" | "waitUntil">> => ({
  sharesPromises: false,
  waitUntil,
  fetch: cache === undefined ? fetch : cache.over({ fetch, waitUntil, now: Date.now }),
})
