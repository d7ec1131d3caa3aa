import type { KeyValues } from "./key-values.ts"
import { type Document, type Documents, type ShelvedFetch, shelvedFetch } from "./shelved-fetch.ts"

/** Where isolates find what another one has fetched: key sets and metadata. */
export interface Shelf {
  /** A `fetch` that looks there first. */
  readonly over: ShelvedFetch
}

/** A shelf over anything that holds documents. */
export const shelfOf = (documents: Documents): Shelf => ({ over: (network) => shelvedFetch(documents, network) })

/** The Cache API: shared by the isolates of one data centre. */
export const cacheShelf = (name = "bearerkit"): Shelf =>
  shelfOf({
    take: async (url) => {
      const found = await (await caches.open(name)).match(url)
      return documentOf(found && (await found.text()))
    },
    put: async (url, document) => {
      const headers = { "cache-control": `public, max-age=${secondsOf(document)}`, "content-type": "application/json" }
      await (await caches.open(name)).put(url, new Response(JSON.stringify(document), { headers }))
    },
  })

/** Workers KV: shared by all data centres; others see a change up to a minute later. */
export const kvShelf = (kv: KeyValues, prefix = "bearerkit:published:"): Shelf =>
  shelfOf({
    take: async (url) => documentOf(await kv.get(prefix + url, "text")),
    put: (url, document) =>
      kv.put(prefix + url, JSON.stringify(document), { expirationTtl: Math.max(60, secondsOf(document)) }),
  })

const secondsOf = ({ from, until }: Document): number => Math.ceil((until - from) / 1000)

const documentOf = (text: string | null | undefined): Document | undefined => {
  if (text === null || text === undefined) return undefined
  try {
    const { body, from, until } = JSON.parse(text) as Partial<Document>
    return typeof body === "string" && typeof from === "number" && typeof until === "number"
      ? { body, from, until }
      : undefined
  } catch {
    return undefined
  }
}
