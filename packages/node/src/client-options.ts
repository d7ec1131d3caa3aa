import type {
  Apis,
  ChainAnswered,
  ClientAuth,
  DelegationPolicy,
  DelegationWire,
  Discovery,
  DpopKey,
  Flow,
  Http,
  KeySource,
  Secret,
  ServerMetadata,
  SingleFlight,
  TargetInput,
  TelemetryEvent,
  TokenStorage,
  VerifierOptions,
  Warning,
} from "@bearerkit/core"
import type * as Duration from "effect/Duration"
import type { Dispatcher } from "./dispatched-fetch.ts"
import type { PersonFlow } from "./login/person-flow.ts"

/** Options of `createClient`. */
export interface ClientOptions {
  /** The issuer's identifier, exactly as its metadata writes it. */
  readonly issuer: string
  readonly clientId: string
  /** How the client authenticates. @default none() */
  readonly clientAuth?: ClientAuth | undefined
  /** The key that tokens are bound to (RFC 9449): `await generateDpopKey()`. @default none */
  readonly dpop?: DpopKey | undefined
  /** How the program's own tokens are acquired, or how a person signs in. @default clientCredentials() */
  readonly flow?: Flow | PersonFlow | undefined
  /** Keeps tokens and logins: `fileStorage()`, or `redis()` for several machines. @default memoryStorage() */
  readonly storage?: TokenStorage | undefined
  /** Distinguishes logins of several people at the same issuer and client in one store. @default "" */
  readonly account?: string | undefined
  /** How `delegate` trades tokens, and for which targets. @default token exchange, every target */
  readonly delegation?: ClientDelegation | undefined
  /** The default target of `token()`. @default {} */
  readonly target?: TargetInput | undefined
  /** The origins that `fetch` may send tokens to, and the target of each. @default {} */
  readonly apis?: Apis | undefined
  /** The tokens that `verify` accepts. */
  readonly verify?: VerifyOptions | undefined
  /** Fixed metadata, for an issuer without a metadata document. */
  readonly metadata?: ServerMetadata | undefined
  /** The timeout for a whole response of the issuer: milliseconds, or such as `"5 seconds"`. @default 10 seconds */
  readonly timeout?: Duration.Input | undefined
  /** The timeout until the response of an API begins; a signal aborts a call at any time. @default 1 minute */
  readonly apiTimeout?: Duration.Input | undefined
  /** Allows `http:` beyond loopback, where anybody on the network path can read the tokens. @default false */
  readonly allowInsecureRequests?: boolean | undefined
  /** For a proxy or a private certificate authority, for the issuer and APIs: undici's `ProxyAgent` or `Agent`. */
  readonly dispatcher?: Dispatcher | undefined
  /** For the issuer and APIs. @default Node's HTTP client for the issuer, globalThis.fetch for APIs */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Epoch milliseconds. @default the machine's clock, corrected by the issuer's answers */
  readonly now?: (() => number) | undefined
  /**
   * Called once for each warning to the developer: about the flow, and about each target for which fewer scopes were
   * granted than requested (`fewer-scopes`). @default process.emitWarning
   */
  readonly onWarning?: ((warning: Warning) => void) | undefined
  /** Called for each event, as plain data without tokens. What it throws is ignored. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined
}

/** How a client trades another subject's token for one of an API. */
export interface ClientDelegation extends DelegationPolicy {
  /** @default exchangeWire */
  readonly wire?: DelegationWire | undefined
}

/** Which tokens of the issuer this program accepts as an API. */
export interface VerifyOptions extends Omit<VerifierOptions, "issuer" | "keys"> {
  /** @default issuerKeys() */
  readonly keys?: KeySource<Discovery | Http | SingleFlight> | undefined
}

/** An event as plain data, without tokens. docs/observability.md has the names. */
export type ClientEvent = ChainAnswered | LoginEvent | TelemetryEvent

/** Somebody signed in or out. */
export interface LoginEvent {
  readonly type: "signed-in" | "signed-out"
}

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Options of `token` and `credential`. */
export interface TokenCallOptions extends CallOptions {
  /** Milliseconds for which the token must still be valid, else a new one is requested, once. @default 0 */
  readonly minTtl?: number | undefined
}

/** Options of `login`. */
export interface LoginCallOptions extends CallOptions {
  /** The target of the first token. @default the client's target */
  readonly target?: TargetInput | undefined
}

/** Options of `delegate`. */
export interface DelegateCallOptions extends CallOptions {
  /** The type of the subject's token, such as `id_token`; not every wire takes all. @default "access_token" */
  readonly subjectType?: string | undefined
  /** The token of the actor, if that is not this client. */
  readonly actor?: Secret | undefined
}
