import type { KeyValues } from "./key-values.ts"
import { type CachedDocument, type DocumentStore, type CachedFetch, cachedFetch } from "./cached-fetch.ts"

/** Shares key sets and metadata between isolates. */
export interface DocumentCache {
  /** A `fetch` that looks into the cache first. */
  readonly over: CachedFetch
}

/** A cache over any store of documents. */
export const documentCache = (documents: DocumentStore): DocumentCache => ({
  over: (network) => cachedFetch(documents, network),
})

/** A cache in the Cache API: shared by the isolates of one data centre. */
export const edgeCache = (name = "bearerkit"): DocumentCache =>
  documentCache({
    get: async (url) => {
      const found = await (await caches.open(name)).match(url)
      return documentOf(found && (await found.text()))
    },
    put: async (url, document) => {
      const headers = { "cache-control": `public, max-age=${secondsOf(document)}`, "content-type": "application/json" }
      await (await caches.open(name)).put(url, new Response(JSON.stringify(document), { headers }))
    },
  })

/** A cache in Workers KV: shared by all data centres, which see a change up to a minute later. */
export const kvCache = (kv: KeyValues, prefix = "bearerkit:published:"): DocumentCache =>
  documentCache({
    get: async (url) => documentOf(await kv.get(prefix + url, "text")),
    put: (url, document) =>
      kv.put(prefix + url, JSON.stringify(document), { expirationTtl: Math.max(60, secondsOf(document)) }),
  })

const secondsOf = ({ from, until }: CachedDocument): number => Math.ceil((until - from) / 1000)

const documentOf = (text: string | null | undefined): CachedDocument | undefined => {
  if (text === null || text === undefined) return undefined
  try {
    const { body, from, until } = JSON.parse(text) as Partial<CachedDocument>
    return typeof body === "string" && typeof from === "number" && typeof until === "number"
      ? { body, from, until }
      : undefined
  } catch {
    return undefined
  }
}
