import type { TelemetryEvent } from "@bearerkit/hono"

/** What one isolate did since it began. */
export interface Status {
  readonly request: (status: number, ms: number) => void
  readonly event: (event: TelemetryEvent) => void
  readonly report: () => Readonly<Record<string, unknown>>
}

export const makeStatus = (): Status => {
  const answers: Record<string, number> = {}
  const counts: Record<string, number> = {}
  const spans: Record<string, number> = {}
  const latencies: Array<number> = []
  const add = (to: Record<string, number>, name: string): void => {
    to[name] = (to[name] ?? 0) + 1
  }
  return {
    request: (status, ms) => {
      add(answers, `${Math.trunc(status / 100)}xx`)
      latencies.push(ms)
      if (latencies.length > remembered) latencies.shift()
    },
    event: (event) => {
      if (event.type === "count") return add(counts, [event.name, ...Object.values(event.attributes)].join(" "))
      if (event.type === "span") add(spans, event.failure === undefined ? event.name : `${event.name} ${event.failure}`)
    },
    report: () => ({
      requests: latencies.length === 0 ? 0 : Object.values(answers).reduce((sum, count) => sum + count, 0),
      answers,
      latency: { p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95), max: quantile(latencies, 1) },
      renewals: counts["renewed"] ?? 0,
      cacheHits: { memory: counts["cache_hit memory"] ?? 0, store: counts["cache_hit store"] ?? 0 },
      keySetFetches: spans["oauth.keys"] ?? 0,
      delegations: spans["oauth.delegate"] ?? 0,
      counts,
      spans,
    }),
  }
}

/** Requests whose latency counts. */
const remembered = 1000

const quantile = (values: ReadonlyArray<number>, at: number): number | null => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? null
}
