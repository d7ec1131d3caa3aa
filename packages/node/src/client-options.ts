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

export interface ClientOptions {
  /** The issuer's identifier, exactly as its metadata writes it. */
  readonly issuer: string
  readonly clientId: string
  /** How the client proves who it is. @default none() */
  readonly clientAuth?: ClientAuth | undefined
  /** The key that tokens are bound to (RFC 9449): `await generateDpopKey()`. @default none */
  readonly dpop?: DpopKey | undefined
  /** How the program's own tokens are acquired, or how a person signs in. @default clientCredentials() */
  readonly flow?: Flow | PersonFlow | undefined
  /** What keeps tokens and logins: `fileStorage()`, a fleet's. @default memoryStorage() */
  readonly storage?: TokenStorage | undefined
  /** Tells a person's login from those of others at the same issuer and client in the same store. @default "" */
  readonly account?: string | undefined
  /** How `delegate` acts on somebody's behalf, and at which targets it may. @default token exchange, every target */
  readonly delegation?: ClientDelegation | undefined
  /** What `token()` is for when it is called without a target. @default {} */
  readonly target?: TargetInput | undefined
  /** The origins that `fetch` may send tokens to, and what those tokens are for. @default {} */
  readonly apis?: Apis | undefined
  /** What `verify` accepts. */
  readonly verify?: VerifyOptions | undefined
  /** For an issuer without a metadata document: what it offers, given by hand. */
  readonly metadata?: ServerMetadata | undefined
  /** For a whole answer of the issuer: milliseconds, or such as `"5 seconds"`. @default 10 seconds */
  readonly timeout?: Duration.Input | undefined
  /** Until the answer of an API begins; a signal ends a call at any time. @default 1 minute */
  readonly apiTimeout?: Duration.Input | undefined
  /** Allows `http:` beyond loopback, where anybody on the way reads the tokens. @default false */
  readonly allowInsecureRequests?: boolean | undefined
  /** A proxy or a certificate authority of one's own, for the issuer and APIs: undici's `ProxyAgent` or `Agent`. */
  readonly dispatcher?: Dispatcher | undefined
  /** For the issuer and APIs. @default Node's HTTP client for the issuer, globalThis.fetch for APIs */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Epoch milliseconds. @default the machine's clock, set right by the issuer's answers where it is wrong */
  readonly now?: (() => number) | undefined
  /**
   * Told once of what a developer should know: of the flow, and of each target for which fewer scopes were granted than
   * were asked for (`fewer-scopes`). @default process.emitWarning
   */
  readonly onWarning?: ((warning: Warning) => void) | undefined
  /** Told of what happens, as plain data without a token. What it throws is dropped. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined
}

/** How a client trades somebody else's token for another API's. */
export interface ClientDelegation extends DelegationPolicy {
  /** @default exchangeWire */
  readonly wire?: DelegationWire | undefined
}

/** Which tokens of the issuer this program accepts as an API. */
export interface VerifyOptions extends Omit<VerifierOptions, "issuer" | "keys"> {
  /** @default issuerKeys() */
  readonly keys?: KeySource<Discovery | Http | SingleFlight> | undefined
}

/** What happened, as plain data; never a token. docs/observability.md has the names. */
export type ClientEvent = ChainAnswered | LoginEvent | TelemetryEvent

/** Somebody signed in or out. */
export interface LoginEvent {
  readonly type: "signed-in" | "signed-out"
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

export interface TokenCallOptions extends CallOptions {
  /** Milliseconds that the token must still be good for, else a new one is asked for, once. @default 0 */
  readonly minTtl?: number | undefined
}

export interface LoginCallOptions extends CallOptions {
  /** What the first token is for. @default the client's target */
  readonly target?: TargetInput | undefined
}

export interface DelegateCallOptions extends CallOptions {
  /** What kind of token the subject's is, such as `id_token`. @default "access_token" */
  readonly subjectType?: string | undefined
  /** The token of who acts, when that is somebody else than this client. */
  readonly actor?: Secret | undefined
}
