import * as Effect from "effect/Effect"
import { asDiscovery, type DiscoveryError } from "../errors/discovery-error.ts"
import { Http } from "../http/client.ts"
import { published } from "../http/published.ts"
import { withoutQuery } from "../http/url.ts"
import { inSpan } from "../telemetry/telemetry.ts"
import type { PublishedKey } from "./jwk.ts"
import { parseJwks } from "./jwks.ts"

/** A key set as it was published at one moment. */
export interface FetchedJwks {
  readonly keys: ReadonlyArray<PublishedKey>
  /** Milliseconds, from `Cache-Control`, clamped to between one minute and one day; ten minutes without it. */
  readonly lifetime: number
  /** Whether it came from an intermediate cache, so that the issuer may have a newer one (RFC 9111 §5.1). */
  readonly cached: boolean
}

/**
 * Fetches a key set, once.
 *
 * @see RFC 7517 §5, RFC 9111 §5.2.2
 */
export const fetchJwks = (url: string): Effect.Effect<FetchedJwks, DiscoveryError, Http> =>
  inSpan(Effect.mapError(fetched(url), asDiscovery), { name: "oauth.keys", attributes: { url: withoutQuery(url) } })

const fetched = Effect.fnUntraced(function* (url: string) {
  const http = yield* Http
  const answer = yield* http.ask(url, { headers: { accept: "application/json" } })
  const keys = yield* published(answer, "a key set", parseJwks)
  const lifetime = lifetimeOf(answer.headers.get("cache-control"))
  return { keys, lifetime, cached: answer.headers.has("age") }
})

const minute = 60_000
const day = 24 * 60 * minute

const lifetimeOf = (cacheControl: string | null): number => {
  if (cacheControl === null) return 10 * minute
  if (/(?:^|[\s,])no-(?:store|cache)\b/i.test(cacheControl)) return minute
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(cacheControl)?.[1]
  return maxAge === undefined ? 10 * minute : Math.min(day, Math.max(minute, Number(maxAge) * 1000))
}
