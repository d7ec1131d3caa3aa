import type { IncomingMessage, ServerResponse } from "node:http"

import { forgetOldest } from "../protection/rate-limit.ts"

/** One request; the path is without its query. */
export interface RequestEntry {
  readonly method: string
  readonly path: string
  /** 0 if the caller went before there was an answer. */
  readonly status: number
  /** Epoch milliseconds. */
  readonly at: number
}

export interface RequestLog {
  readonly entries: ReadonlyArray<RequestEntry>
  readonly count: (path: string, method?: string) => number
  readonly watch: (request: IncomingMessage, response: ServerResponse) => void
}

const MAX_ENTRIES = 10_000
/** Anybody can ask for any path. */
const MAX_PATHS = 1000
const MAX_LENGTH = 200

/** Remembers the latest requests; counts them from the moment they arrive, under the paths that were asked for last. */
export const makeRequestLog = (log: (line: string) => void): RequestLog => {
  const entries: Array<RequestEntry> = []
  const counts = new Map<string, number>()
  const add = (key: string): void => {
    const count = (counts.get(key) ?? 0) + 1
    counts.delete(key)
    counts.set(key, count)
    forgetOldest(counts, MAX_PATHS)
  }
  return {
    entries,
    count: (path, method) => counts.get(method === undefined ? path : `${method.toUpperCase()} ${path}`) ?? 0,
    watch: (request, response) => {
      const method = request.method ?? ""
      const path = pathOf(request).slice(0, MAX_LENGTH)
      add(path)
      add(`${method} ${path}`)
      response.once("close", () => {
        // The caller may have gone before there was an answer.
        const status = response.headersSent ? response.statusCode : 0
        entries.push({ method, path, status, at: Date.now() })
        if (entries.length > MAX_ENTRIES) entries.shift()
        log(`${method} ${path} ${status}`)
      })
    },
  }
}

export const pathOf = (request: IncomingMessage): string => (request.url ?? "/").split("?")[0]!
