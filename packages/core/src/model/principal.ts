import type { Claims } from "./claims.ts"

/** Who acts for the subject (RFC 8693 §4.1). */
export interface Actor {
  readonly subject: string
  readonly issuer: string | undefined
}

/** The verified caller of an API; `C` is the type of its claims. */
export interface Principal<C = Claims> {
  readonly issuer: string
  readonly subject: string
  /** The client that asked for the token (`client_id`, else `azp`, `cid` or `appid`); absent from most ID tokens. */
  readonly clientId: string | undefined
  readonly scopes: ReadonlyArray<string>
  /** The current actor first, then earlier ones; empty if the subject itself calls. */
  readonly actors: ReadonlyArray<Actor>
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly claims: C
}
