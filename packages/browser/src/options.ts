import {
  type Apis,
  type AuthorizationOptions,
  type BearerError,
  checkTargets,
  invalidOptions,
  type LoginStatus,
  type ServerMetadata,
  type TargetInput,
  toBearerError,
  type Warning,
} from "@bearerkit/core"
import type { ClientObserver } from "./client-observer.ts"
import type { BrowserDelegation } from "./delegation.ts"
import type { BrowserDpopKey } from "./dpop.ts"
import type { BrowserFlow } from "./flow.ts"
import type { Received } from "./receive.ts"
import type { BrowserRenewal } from "./renewal.ts"
import type { BrowserStorage } from "./storage/storage.ts"

/** Options of `createBrowserClient`. */
export interface BrowserClientOptions {
  /** The issuer's identifier, exactly as its metadata writes it. */
  readonly issuer: string
  readonly clientId: string
  /** The URL of this application that the issuer redirects to, exactly as registered there. */
  readonly redirectUri: string
  /** The default target of a login and of `token()`. @default { scope: "openid" } */
  readonly target?: TargetInput | undefined
  /** The origins that `fetch` may send tokens to, and the target of each. @default {} */
  readonly apis?: Apis | undefined
  /** Keeps tokens and the login, such as `webSessionStorage()`. @default memory() */
  readonly storage?: BrowserStorage | undefined
  /** How tokens come from the issuer: `code()` or `locationHash()`. @default code() */
  readonly flow?: BrowserFlow | undefined
  /** Options of every login that does not set them itself. */
  readonly loginDefaults?: LoginDefaults | undefined
  /**
   * How a login without a refresh token is renewed: `iframe()` of `@bearerkit/browser/iframe`.
   *
   * @default none: the person signs in again
   */
  readonly renewal?: BrowserRenewal | undefined
  /** The key that tokens are bound to (RFC 9449): `boundToBrowser()`. @default none */
  readonly dpop?: BrowserDpopKey | undefined
  /** How `delegate` trades tokens: `tokenExchange()`. @default none: `delegate` rejects with `invalid_options` */
  readonly delegation?: BrowserDelegation | undefined
  /**
   * Where the issuer redirects after `logout({ everywhere: true })`, exactly as registered there.
   *
   * @default the issuer's own page
   */
  readonly postLogoutRedirectUri?: string | undefined
  /** Fixed metadata, for an issuer without a metadata document. */
  readonly metadata?: ServerMetadata | undefined
  /** The timeout for a whole response of the issuer, in milliseconds. @default 10000 */
  readonly timeout?: number | undefined
  /**
   * The timeout until the response of an API begins, in milliseconds; a signal aborts a call at any time.
   *
   * @default 60000
   */
  readonly apiTimeout?: number | undefined
  /** Allows `http:` beyond loopback, where anybody on the network path can read the tokens. @default false */
  readonly allowInsecureRequests?: boolean | undefined
  /** For the issuer and APIs. @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Epoch milliseconds. @default the machine's clock, corrected by the issuer's answers */
  readonly now?: (() => number) | undefined
  /** Called once for each warning to the developer. @default console.warn */
  readonly onWarning?: ((warning: Warning) => void) | undefined
  /** The names of warnings that are not reported. @default [] */
  readonly acceptedWarnings?: ReadonlyArray<string> | undefined
  /** Observes what the client does: `clientObserver()`. @default none */
  readonly observer?: ClientObserver | undefined
}

/** Options of one call. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Options of one login. */
export interface LoginOptions extends Omit<AuthorizationOptions, "maxAge"> {
  /** The path of this origin to show after the login; a URL of another origin becomes `/`. @default the current URL */
  readonly returnTo?: string | undefined
  /** @default the client's target */
  readonly target?: TargetInput | undefined
  /** How long ago the person may have signed in, in milliseconds; the ID token must prove it with `auth_time`. */
  readonly maxAge?: number | undefined
  /** JSON data that `ready` returns after the login, such as a request to repeat; no secret, as the tab stores it. */
  readonly resume?: unknown
}

/** The options that a client can set for all its logins. */
export type LoginDefaults = Pick<LoginOptions, "acrValues" | "extra" | "maxAge" | "prompt" | "uiLocales">

/** Options of one logout. */
export interface LogoutOptions {
  /** Also sends the person to the issuer to sign out there, and so of its other applications. @default false */
  readonly everywhere?: boolean | undefined
}

/** The outcome of `ready` or of a login in another window. */
export interface Arrival extends Omit<Received, "error"> {
  readonly status: LoginStatus
  /** The last error of the login, its token or the storage. */
  readonly error: BearerError | undefined
}

export const checkOptions = (options: BrowserClientOptions): void => {
  const { timeout = 1, storage, issuer, redirectUri, postLogoutRedirectUri = issuer } = options
  const wrong = (...problem: Parameters<typeof invalidOptions>): never => {
    throw toBearerError(invalidOptions(...problem))
  }
  for (const field of ["issuer", "clientId", "redirectUri"] as const) {
    if (typeof options[field] !== "string" || options[field] === "") wrong(field, "is missing")
  }
  for (const [field, url] of Object.entries({ issuer, redirectUri, postLogoutRedirectUri })) {
    if (!URL.canParse(url) || (field === "redirectUri" && url.includes("#"))) {
      wrong(field, "is not an absolute URL, or has a hash")
    }
  }
  checkTargets(options)
  // such as the browser's own
  if (storage !== undefined && !("services" in Object(storage))) {
    wrong("storage", "keeps no tokens", "Write webSessionStorage().")
  }
  if (!Number.isFinite(timeout) || timeout <= 0) wrong("timeout", "must be a number of milliseconds above 0")
}
