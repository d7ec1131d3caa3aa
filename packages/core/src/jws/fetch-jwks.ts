import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { DiscoveryError, type DiscoveryReason } from "../errors/discovery-error.ts"
import { Http, jsonOf } from "../http/client.ts"
import { unavailable } from "../http/status.ts"
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
  inSpan(fetched(url), { name: "oauth.keys", attributes: { url: withoutQuery(url) } })

const fetched = Effect.fnUntraced(function* (url: string) {
  const http = yield* Http
  const answer = yield* Effect.mapError(http.ask(url, { headers: { accept: "application/json" } }), asDiscovery)
  const reason = unavailable(answer)
  if (reason !== undefined) return yield* failed(reason)
  if (answer.status !== 200) return yield* malformed(answer.url, `status ${answer.status} instead of a key set`)
  const keys = parseJwks(yield* Effect.mapError(jsonOf(answer), asDiscovery))
  if (Result.isFailure(keys))
    return yield* malformed(answer.url, `the member ${keys.failure.field} ${keys.failure.problem}`)
  const lifetime = lifetimeOf(answer.headers.get("cache-control"))
  return { keys: keys.success, lifetime, cached: answer.headers.has("age") }
})

const minute = 60_000
const day = 24 * 60 * minute

const lifetimeOf = (cacheControl: string | null): number => {
  if (cacheControl === null) return 10 * minute
  if (/(?:^|[\s,])no-(?:store|cache)\b/i.test(cacheControl)) return minute
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/i.exec(cacheControl)?.[1]
  return maxAge === undefined ? 10 * minute : Math.min(day, Math.max(minute, Number(maxAge) * 1000))
}

const asDiscovery = ({ reason }: { readonly reason: DiscoveryReason }): DiscoveryError => new DiscoveryError({ reason })

const failed = (reason: DiscoveryReason): Effect.Effect<never, DiscoveryError> =>
  Effect.fail(new DiscoveryError({ reason }))

const malformed = (url: string, problem: string): Effect.Effect<never, DiscoveryError> =>
  failed({ _tag: "MalformedResponse", url, problem })
