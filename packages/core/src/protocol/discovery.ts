import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { asDiscovery, DiscoveryError, type DiscoveryReason } from "../errors/discovery-error.ts"
import { Http } from "../http/client.ts"
import { published } from "../http/published.ts"
import { retryAfterOf } from "../http/retry-after.ts"
import { SingleFlight } from "../http/single-flight.ts"
import { parseServerMetadata, type ServerMetadata } from "../model/metadata.ts"
import { printable } from "../model/printable.ts"
import { putNewest } from "../model/put-newest.ts"
import { inSpan } from "../telemetry/telemetry.ts"

/**
 * The metadata of issuers, cached for an hour. While an issuer cannot be reached the last document is used, and it is
 * tried again every five minutes. The document's issuer must be exactly the one asked for.
 *
 * @see RFC 8414 §3, OpenID Connect Discovery §4
 */
export class Discovery
  extends /*#__PURE__*/ Context.Service<
    Discovery,
    {
      readonly metadata: (issuer: string) => Effect.Effect<ServerMetadata, DiscoveryError>
    }
  >()("@bearerkit/core/Discovery") {}

/** The service of `discoveryLayer`. */
export const makeDiscovery: Effect.Effect<Discovery["Service"], never, Http | SingleFlight> = /*#__PURE__*/ Effect.gen(
  function* () {
    const singleFlight = yield* SingleFlight
    const known = yield* singleFlight.make({
      capacity,
      lookup: orLast(observed),
      expiresAt: (found) => found.expiresAt,
    })
    return { metadata: (issuer) => Effect.map(known.get(issuer), (found) => found.metadata) }
  },
)

/**
 * Fetches the metadata of issuers and caches it for an hour, or longer while an issuer cannot be reached. @see RFC 8414
 * §3
 */
export const discoveryLayer: Layer.Layer<Discovery, never, Http | SingleFlight> = /*#__PURE__*/ Layer.effect(
  Discovery,
  makeDiscovery,
)

/** For a server without a metadata document: fixed metadata. */
export const fixedDiscoveryLayer = (metadata: ServerMetadata): Layer.Layer<Discovery> =>
  Layer.succeed(Discovery, fixedDiscovery(metadata))

/** The service of `fixedDiscoveryLayer`. */
export const fixedDiscovery = (metadata: ServerMetadata): Discovery["Service"] => ({
  metadata: (issuer) =>
    issuer === metadata.issuer ? Effect.succeed(metadata) : Effect.fail(mismatch(issuer, metadata.issuer)),
})

/** An endpoint that the caller requires of the metadata. */
export const requireEndpoint = (issuer: string, endpoint: Endpoint): Effect.Effect<string, DiscoveryError, Discovery> =>
  Effect.flatMap(
    Discovery.use((discovery) => discovery.metadata(issuer)),
    ({ [endpoint]: url }) =>
      url === undefined
        ? Effect.fail(asDiscovery({ reason: { _tag: "Unsupported", issuer, feature: endpoint } }))
        : Effect.succeed(url),
  )

/** The metadata's members that are endpoint URLs. */
export type Endpoint = Extract<keyof ServerMetadata, `${string}Endpoint` | "jwksUri">

interface Found {
  readonly metadata: ServerMetadata
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

const capacity = 1000
const hour = 3_600_000
const pause = 300_000

/** Falls back to the last metadata while the issuer cannot be reached. */
const orLast = (ask: (issuer: string) => Effect.Effect<ServerMetadata, DiscoveryError, Http>) => {
  const last = new Map<string, ServerMetadata>()
  return (issuer: string): Effect.Effect<Found, DiscoveryError, Http> => {
    const found = Effect.flatMap(ask(issuer), (metadata) => {
      putNewest(last, [issuer, metadata], capacity)
      return lasting(metadata, hour)
    })
    return Effect.catch(found, (error) => {
      const metadata = last.get(issuer)
      return metadata === undefined ? Effect.fail(error) : lasting(metadata, Math.max(pause, retryAfterOf(error)))
    })
  }
}

const lasting = (metadata: ServerMetadata, millis: number): Effect.Effect<Found> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({ metadata, expiresAt: now + millis }))

const observed = (issuer: string) =>
  inSpan(Effect.mapError(discover(issuer), asIssuer), { name: "oauth.discovery", attributes: { issuer } })

const discover = Effect.fnUntraced(function* (issuer: string) {
  const http = yield* Http
  if (!URL.canParse(issuer) || /[?#]/.test(issuer)) {
    const problem = "must be a URL without query or fragment (RFC 8414 §2)"
    return yield* asDiscovery({ reason: { _tag: "InvalidOptions", field: "issuer", problem } })
  }
  const [openid, oauth] = wellKnown(issuer)
  const first = yield* http.ask(openid)
  const answer = first.status === 404 ? yield* http.ask(oauth) : first
  const metadata = yield* published(answer, "the issuer's metadata", parseServerMetadata)
  if (metadata.issuer !== issuer) return yield* mismatch(issuer, metadata.issuer)
  return metadata
})

/** RFC 8414 §3.1 inserts the well-known part before the path; OpenID Connect appends it. */
const wellKnown = (issuer: string): readonly [string, string] => {
  const { origin, pathname } = new URL(issuer)
  const path = pathname.replace(/\/$/, "")
  return [
    `${origin}${path}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}`,
  ]
}

const mismatch = (expected: string, actual: string): DiscoveryError =>
  new DiscoveryError({ reason: { _tag: "IssuerMismatch", expected, actual: printable(actual) } })

/** To the caller, a URL that may not be requested is the issuer's. */
const asIssuer = ({ reason }: { readonly reason: DiscoveryReason }): DiscoveryError =>
  asDiscovery({ reason: reason._tag === "InvalidOptions" ? { ...reason, field: "issuer" } : reason })
