import { sessionsInCookies, type SessionsInCookiesOptions, sessionsInStore } from "../session/make-sessions.ts"
import type { MakeSessions } from "../session/web-login-options.ts"
import { memoryStorage, type TokenStorage } from "./token-storage.ts"

/** Where sessions are kept: the value of the adapters' `sessions` option. */
export interface SessionStorage {
  readonly make: MakeSessions
  readonly storage: TokenStorage
}

/** Options of `cookieSessions`. */
export interface CookieSessionsConfig extends SessionsInCookiesOptions {
  /**
   * Keeps, for a short time, what a browser's cookie does not contain yet, so that requests sent with the older cookie
   * find it and renewals run one at a time. Several processes need to share one.
   *
   * @default memoryStorage()
   */
  readonly shared?: TokenStorage | undefined
}

/**
 * Keeps sessions in encrypted cookies. Nothing else has to run, but back-channel logout is not possible, and a copied
 * cookie works until the session ends if `shared` no longer remembers that the person signed out.
 */
export const cookieSessions = ({
  shared = memoryStorage(),
  ...options
}: CookieSessionsConfig = {}): SessionStorage => ({
  make: sessionsInCookies(options),
  storage: shared,
})

/** Keeps sessions in a storage; the browser's cookie holds only a random name. An ended session is gone. */
export const storedSessions = ({ storage }: { readonly storage: TokenStorage }): SessionStorage => ({
  make: sessionsInStore,
  storage,
})
