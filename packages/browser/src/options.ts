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
  /** Where the person comes back, to the letter as it is registered at the issuer: an address of this application. */
  readonly redirectUri: string
  /** What a login is for, and `token()` when it is called without a target. @default { scope: "openid" } */
  readonly target?: TargetInput | undefined
  /** The origins that `fetch` may send tokens to, and what those tokens are for. @default {} */
  readonly apis?: Apis | undefined
  /** Where tokens are kept. @default memory() */
  readonly storage?: BrowserStorage | undefined
  /** How the person comes back. @default code() */
  readonly flow?: BrowserFlow | undefined
  /** What every login asks for unless it says otherwise. */
  readonly loginDefaults?: LoginDefaults | undefined
  /** How a login without refresh token is renewed: `iframe()` of `@bearerkit/browser/iframe`. @default the person signs in again */
  readonly renewal?: BrowserRenewal | undefined
  /** Binds the tokens to a key of this browser, where the issuer does that. @default none are bound */
  readonly dpop?: BrowserDpopKey | undefined
  /** How `delegate` trades tokens. @default it cannot */
  readonly delegation?: BrowserDelegation | undefined
  /** Where the person goes after `logout({ everywhere: true })`; registered at the issuer. @default it stays there */
  readonly postLogoutRedirectUri?: string | undefined
  /** For an issuer without a metadata document: what it offers, given by hand. */
  readonly metadata?: ServerMetadata | undefined
  /** Milliseconds for a whole answer of the issuer. @default 10000 */
  readonly timeout?: number | undefined
  /** Milliseconds until the answer of an API begins; a signal ends a call at any time. @default 60000 */
  readonly apiTimeout?: number | undefined
  /** Allows `http:` beyond loopback, where anybody on the way reads the tokens. @default false */
  readonly allowInsecureRequests?: boolean | undefined
  /** @default globalThis.fetch */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** Epoch milliseconds. @default this machine's clock, set right by the issuer's answers */
  readonly now?: (() => number) | undefined
  /** Told once of each thing that a developer should know. @default console.warn */
  readonly onWarning?: ((warning: Warning) => void) | undefined
  /** Names of warnings that are known and accepted. @default [] */
  readonly acceptedWarnings?: ReadonlyArray<string> | undefined
  /** Who looks at what the client does: `clientObserver()`. @default nobody */
  readonly observer?: ClientObserver | undefined
}

/** Options of one request for a token. */
export interface CallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Options of one login. */
export interface LoginOptions extends Omit<AuthorizationOptions, "maxAge"> {
  /** A path of this origin, shown after the login. @default the address of now */
  readonly returnTo?: string | undefined
  /** @default the client's own */
  readonly target?: TargetInput | undefined
  /** Milliseconds that may have passed since the person signed in. */
  readonly maxAge?: number | undefined
  /** Given back by `ready` after the login, such as a request that waits for it; as JSON can say it, and no secret. */
  readonly resume?: unknown
}

/** What every login of a client asks for, unless it says otherwise itself. */
export type LoginDefaults = Pick<LoginOptions, "acrValues" | "extra" | "maxAge" | "prompt" | "uiLocales">

/** Options of one logout. */
export interface LogoutOptions {
  /** Signs out at the issuer as well, and so of its other applications. @default false */
  readonly everywhere?: boolean | undefined
}

/** What became of the page's first look at its address and its storage. */
export interface Arrival extends Omit<Received, "error"> {
  readonly status: LoginStatus
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
    wrong(
      "storage",
      "keeps no tokens",
      "Write webSessionStorage(), or another of @bearerkit/browser: call what you import.",
    )
  }
  if (!Number.isFinite(timeout) || timeout <= 0) wrong("timeout", "must be a number of milliseconds above 0")
}
