import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type { SessionError } from "../errors/session-error.ts"
import type { Http } from "../http/client.ts"
import type { SingleFlight } from "../http/single-flight.ts"
import type { TargetInput } from "../model/target.ts"
import type { AuthorizationOptions } from "../protocol/authorization-params.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import type { Pushed } from "../protocol/pushed-authorization-request.ts"
import type { TokenStore } from "../store/token-store.ts"
import type { KeySource } from "../verify/key-source.ts"
import type { CookieKeys } from "./cookie-seal.ts"
import type { Sessions } from "./sessions.ts"
import type { Lifetime, LifetimeOptions } from "./session-lifetime.ts"

/** The application's own addresses, each a path. */
export interface WebLoginPaths {
  /** @default "/login" */
  readonly login: string
  /** Registered at the issuer, after the base URL, as a redirect URI. @default "/callback" */
  readonly callback: string
  /** Takes a POST. @default "/logout" */
  readonly logout: string
  /** Registered at the issuer as `backchannel_logout_uri`. @default "/backchannel-logout" */
  readonly backChannelLogout: string
}

export interface WebLoginOptions extends LifetimeOptions {
  readonly client: Client
  /** The application's own origin, such as `https://app.example`; never learned from a request. */
  readonly baseUrl: string
  readonly paths?: Partial<WebLoginPaths> | undefined
  /**
   * The target that people sign in for; its scope has `openid`, and `offline_access` if the issuer requires that for
   * refresh tokens.
   */
  readonly target: TargetInput
  /** The keys that seal cookies. */
  readonly cookieKeys: CookieKeys
  /** The cookies' name after `__Host-`. @default "session" */
  readonly cookieName?: string | undefined
  readonly sessions: MakeSessions
  /** Further options of the authorization request. @default {} */
  readonly authorization?: AuthorizationOptions | undefined
  /** When the authorization request is pushed to the issuer (RFC 9126). @default auto */
  readonly pushed?: Pushed | undefined
  /** How long a person may take to sign in. @default 10 minutes */
  readonly loginLifetime?: Duration.Input | undefined
  /** The keys for ID and logout tokens. @default issuerKeys() */
  readonly idTokenKeys?: KeySource<Discovery | Http | SingleFlight> | undefined
  /**
   * Where a person goes after the logout: a path, registered at the issuer with the base URL. @default the issuer's own
   * page
   */
  readonly afterLogout?: string | undefined
}

/** Makes the `Sessions` of one application. */
export type MakeSessions = (use: SessionsContext) => Effect.Effect<Sessions, SessionError, TokenStore>

export interface SessionsContext {
  readonly cookieName: string
  readonly cookieKeys: CookieKeys
  readonly issuer: string
  readonly lifetime: Lifetime
}
