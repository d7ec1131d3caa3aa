/**
 * Sends requests: an `Agent`, `ProxyAgent` or `EnvHttpProxyAgent` of undici, in the major version that is built into
 * this Node.
 */
export interface Dispatcher {
  readonly dispatch: (...args: ReadonlyArray<never>) => boolean
}

type Fetch = typeof globalThis.fetch

/** `fetch` through a dispatcher: a proxy, a private certificate authority, a client certificate. */
export const dispatchedFetch =
  (dispatcher: Dispatcher, fetch: Fetch | undefined): Fetch =>
  (input, init) =>
    (fetch ?? globalThis.fetch)(input, { ...init, dispatcher } as RequestInit)
