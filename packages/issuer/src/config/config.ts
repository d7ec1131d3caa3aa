import type { OwnClaims } from "./claims.ts"
import type { ClientConfig } from "./client.ts"
import type { ConnectionConfig } from "./connection.ts"
import type { DelegationConfig } from "./delegation.ts"
import type { DeviceFlowConfig } from "./device-flow.ts"
import type { JsonWebKeySet } from "./key.ts"

/**
 * The configuration of the issuer: who may request tokens (clients), for what (apis), and who can log in (connections).
 */
export interface IssuerConfig {
  /** The issuer identifier: an origin without path. @default "http://127.0.0.1:{port}" */
  readonly issuer?: string
  /** The private signing keys; one must be an RSA key. @default an RS256 and an ES256 key made at start */
  readonly jwks?: JsonWebKeySet
  readonly clients: ReadonlyArray<ClientConfig>
  readonly apis?: ReadonlyArray<ApiConfig>
  readonly connections?: ReadonlyArray<ConnectionConfig>
  /** The connection that `grant_type=password` logs in to. @default the only connection, if there is one */
  readonly defaultConnection?: string
  /** Issuers whose assertions the JWT bearer grant accepts, besides those that a client signs itself (RFC 7523 §3). */
  readonly trustedAssertionIssuers?: ReadonlyArray<AssertionIssuerConfig>
  /** How many exchanges may follow each other, each with its actor in `act` (RFC 8693 §4.1). @default 4 */
  readonly maxDelegationDepth?: number
  /** Require a nonce of the issuer in every DPoP proof (RFC 9449 §8). @default false */
  readonly dpopNonces?: boolean
  /** The supported `acr` values, the default first; a login gets the requested one. @default ["pwd"] */
  readonly acrValues?: ReadonlyArray<string>
  readonly deviceFlow?: DeviceFlowConfig
}

/** A protected API: what `audience` or `resource` (RFC 8707) names. */
export interface ApiConfig extends DelegationConfig {
  /** The identifier, which becomes `aud`: any text without white space. */
  readonly audience: string
  readonly scopes?: ReadonlyArray<string>
  /** Seconds. @default 3600 */
  readonly tokenLifetime?: number
  /** Additional claims of access tokens for it. */
  readonly claims?: OwnClaims
  /** The API's own secret, at least 32 bytes: its tokens are HS256. @default the issuer's key, RS256 */
  readonly secret?: string
}

/** Another issuer whose JWTs this one accepts as grants (RFC 7523). Set `jwksUri`, `jwks` or `publicKey`. */
export interface AssertionIssuerConfig {
  readonly issuer: string
  /** The URL of its keys, such as those of a workload platform; fetched at the first assertion. */
  readonly jwksUri?: string
  readonly jwks?: JsonWebKeySet
  /** A public key as PEM (SPKI). */
  readonly publicKey?: string
  /** The subjects it may speak for. @default all */
  readonly subjects?: ReadonlyArray<string>
  /** Whether an assertion may be reused until it expires, as a pod's token must. @default false */
  readonly reusable?: boolean
}

/** Gives a configuration file its types. */
export const defineIssuer = (config: IssuerConfig): IssuerConfig => config
