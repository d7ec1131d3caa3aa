import type { NetworkOptions } from "@bearerkit/core"
import { waitUntil } from "cloudflare:workers"
import type { Shelf } from "./shelf.ts"

export interface EdgeNetworkOptions {
  /** Where isolates share key sets and metadata: `cacheShelf()` or `kvShelf(env.KV)`. @default each has its own */
  readonly shelf?: Shelf | undefined
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * How the adapters talk to issuers from a Worker: requests share no promises, and work that has begun is finished though
 * the answer is out, by `waitUntil`. Make one for each adapter.
 *
 * @example bearerAuth({ issuer, audience, ...edgeNetwork({ shelf: cacheShelf() }) })
 */
export const edgeNetwork = ({
  shelf,
  fetch = (input, init) => globalThis.fetch(input, init),
}: EdgeNetworkOptions = {}): Required<Pick<NetworkOptions, "fetch" | "sharesPromises" | "waitUntil">> => ({
  sharesPromises: false,
  waitUntil,
  fetch: shelf === undefined ? fetch : shelf.over({ fetch, waitUntil, now: Date.now }),
})
