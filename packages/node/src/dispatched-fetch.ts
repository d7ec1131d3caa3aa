/** What sends requests: an `Agent`, `ProxyAgent` or `EnvHttpProxyAgent` of the undici that this Node has within it, by its major version. */
export interface Dispatcher {
  readonly dispatch: (...args: ReadonlyArray<never>) => boolean
}

type Fetch = typeof globalThis.fetch

/** `fetch` through a dispatcher: a proxy, a certificate authority of one's own, a client certificate. */
export const dispatchedFetch =
  (dispatcher: Dispatcher, fetch: Fetch | undefined): Fetch =>
  (input, init) =>
    (fetch ?? globalThis.fetch)(input, { ...init, dispatcher } as RequestInit)
