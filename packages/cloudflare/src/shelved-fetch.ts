import { readBounded, type WaitUntil } from "@bearerkit/core"

/** A document that an issuer has published. */
export interface Document {
  readonly body: string
  /** When it came from the issuer, and until when it may be used, in epoch milliseconds. */
  readonly from: number
  readonly until: number
}

/** What holds documents. */
export interface Documents {
  readonly take: (url: string) => Promise<Document | undefined>
  readonly put: (url: string, document: Document) => Promise<void>
}

/** What a Worker's requests go through. */
export interface ShelvedNetwork {
  readonly fetch: typeof globalThis.fetch
  readonly waitUntil: WaitUntil
  /** Epoch milliseconds. */
  readonly now: () => number
}

export type ShelvedFetch = (network: ShelvedNetwork) => typeof globalThis.fetch

/**
 * A `fetch` that looks at a shelf before it asks an issuer for key sets and metadata: once per address, so that who asks
 * again, because a key is unknown or a set grows old, gets the issuer's own answer. A shelf that fails is no obstacle.
 */
export const shelvedFetch = (shelf: Documents, { fetch, waitUntil, now }: ShelvedNetwork): typeof globalThis.fetch => {
  const asked = new Set<string>()
  const fetched = async (url: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(url, init)
    const seconds = response.status === 200 ? secondsOf(response.headers.get("cache-control")) : 0
    if (seconds === 0) return response
    const body = await readBounded(response, { maxBytes, url })
    if (isDocument(body)) {
      waitUntil(shelf.put(url, { body, from: now(), until: now() + seconds * 1000 }).catch(() => undefined))
    }
    return new Response(body, { headers: response.headers })
  }
  const shelved: typeof globalThis.fetch = async (input, init = {}) => {
    const url = String(input)
    if (!isPublic(url, init)) return fetch(input, init)
    const isFirst = asked.size < capacity && !asked.has(url)
    if (isFirst) asked.add(url)
    const known = isFirst ? await shelf.take(url).catch(() => undefined) : undefined
    return known === undefined || known.until <= now() ? fetched(url, init) : answerOf(known, now())
  }
  return shelved
}

/** Addresses that are looked for on the shelf: whether one is asked for again must be known of all of them. */
const capacity = 10_000

/** What is asked without credentials is the same for everybody. */
const isPublic = (url: string, { method = "GET", headers, body }: RequestInit): boolean =>
  method === "GET" && (body ?? null) === null && !new Headers(headers).has("authorization") && !url.includes("?")

/** A page that says 200 and that the issuer is being maintained is not for others to find. */
const isDocument = (body: string): boolean => {
  try {
    const json = JSON.parse(body) as { readonly keys?: unknown; readonly issuer?: unknown } | null
    return Array.isArray(json?.keys) || typeof json?.issuer === "string"
  } catch {
    return false
  }
}

/** `Age` says that it is not new: nobody sets a clock by it, and an unknown key is asked for again. */
const answerOf = ({ body, from, until }: Document, now: number): Response =>
  new Response(body, {
    headers: {
      "content-type": "application/json",
      "cache-control": `max-age=${Math.floor((until - now) / 1000)}`,
      age: String(Math.max(0, Math.ceil((now - from) / 1000))),
    },
  })

const maxBytes = 512 * 1024

/** As long as a key set is kept where nothing is said; never longer than an hour for others to find. */
const secondsOf = (cacheControl: string | null): number => {
  if (cacheControl === null) return 600
  if (/(?:^|[\s,])(?:no-(?:store|cache)|private)\b/i.test(cacheControl)) return 0
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(cacheControl)?.[1]
  return maxAge === undefined ? 600 : Math.min(3600, Number(maxAge))
}
