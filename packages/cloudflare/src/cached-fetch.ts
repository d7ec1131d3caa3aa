import { readBounded, type WaitUntil } from "@bearerkit/core"

/** A document that an issuer published, such as its key set. */
export interface CachedDocument {
  readonly body: string
  /** When it was fetched from the issuer, and until when it may be used; epoch milliseconds. */
  readonly from: number
  readonly until: number
}

/** Keeps documents, shared by isolates. */
export interface DocumentStore {
  readonly get: (url: string) => Promise<CachedDocument | undefined>
  readonly put: (url: string, document: CachedDocument) => Promise<void>
}

/** The network below the cache. */
export interface CachingNetwork {
  readonly fetch: typeof globalThis.fetch
  readonly waitUntil: WaitUntil
  /** Epoch milliseconds. */
  readonly now: () => number
}

export type CachedFetch = (network: CachingNetwork) => typeof globalThis.fetch

/**
 * A `fetch` that looks into a cache before it asks an issuer for key sets and metadata. It does so once per URL: a second
 * request, made because a key is unknown or the set is about to expire, goes to the issuer. A failing cache is ignored.
 */
export const cachedFetch = (
  cache: DocumentStore,
  { fetch, waitUntil, now }: CachingNetwork,
): typeof globalThis.fetch => {
  const asked = new Set<string>()
  const fetched = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init)
    const seconds = response.status === 200 ? secondsOf(response.headers.get("cache-control")) : 0
    if (seconds === 0) return response
    const body = await readBounded(response, { maxBytes, url })
    if (isDocument(body)) {
      waitUntil(cache.put(url, { body, from: now(), until: now() + seconds * 1000 }).catch(() => undefined))
    }
    return new Response(body, { headers: response.headers })
  }
  const shelved: typeof globalThis.fetch = async (input, init = {}) => {
    const url = String(input)
    if (!isPublic(url, init)) return fetch(input, init)
    const isFirst = asked.size < capacity && !asked.has(url)
    if (isFirst) asked.add(url)
    const known = isFirst ? await cache.get(url).catch(() => undefined) : undefined
    return known === undefined || known.until <= now() ? fetched(url, init) : answerOf(known, now())
  }
  return shelved
}

/** How many URLs are looked up in the cache: each must be remembered, to recognise a second request for it. */
const capacity = 10_000

/** The answer to a request without credentials is the same for everybody. */
const isPublic = (url: string, { method = "GET", headers, body }: RequestInit): boolean =>
  method === "GET" && (body ?? null) === null && !new Headers(headers).has("authorization") && !url.includes("?")

/** A maintenance page sent with status 200 must not be cached for others. */
const isDocument = (body: string): boolean => {
  try {
    const json = JSON.parse(body) as { readonly keys?: unknown; readonly issuer?: unknown } | null
    return Array.isArray(json?.keys) || typeof json?.issuer === "string"
  } catch {
    return false
  }
}

/** `Age` marks it as cached: no clock is set by it, and an unknown key is looked up at the issuer again. */
const answerOf = ({ body, from, until }: CachedDocument, now: number): Response =>
  new Response(body, {
    headers: {
      "content-type": "application/json",
      "cache-control": `max-age=${Math.floor((until - now) / 1000)}`,
      age: String(Math.max(0, Math.ceil((now - from) / 1000))),
    },
  })

const maxBytes = 512 * 1024

/** Ten minutes without `Cache-Control`, as for key sets elsewhere; an hour at most. */
const secondsOf = (cacheControl: string | null): number => {
  if (cacheControl === null) return 600
  if (/(?:^|[\s,])(?:no-(?:store|cache)|private)\b/i.test(cacheControl)) return 0
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(cacheControl)?.[1]
  return maxAge === undefined ? 600 : Math.min(3600, Number(maxAge))
}
