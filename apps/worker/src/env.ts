import type { KeyValues, TokenObjects } from "@bearerkit/cloudflare"

/** What `wrangler.jsonc` and `wrangler secret put` bind. */
export interface Env {
  readonly SESSIONS: TokenObjects
  readonly TOKENS: KeyValues
  readonly ISSUER: string
  readonly CLIENT_ID: string
  readonly CLIENT_SECRET?: string
  /** The gateway's own origin, where browsers come. */
  readonly BASE_URL: string
  /** Whom the tokens must be for that other clients bring. */
  readonly AUDIENCE: string
  readonly COOKIE_KEY?: string
  readonly STORE_KEY?: string
  readonly ORDERS_URL: string
  readonly ORDERS_AUDIENCE: string
  readonly ORDERS_SCOPE: string
  /** The client of the old kind, whose ID tokens are signed with its secret. */
  readonly LEGACY_CLIENT_ID: string
  readonly LEGACY_CLIENT_SECRET?: string
  readonly LEGACY_URL: string
  /** The client id of the legacy API. */
  readonly LEGACY_AUDIENCE: string
}
