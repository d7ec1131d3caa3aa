import { keepInCookies, type KeepInCookiesOptions, keepInStore } from "../session/make-keeper.ts"
import type { MakeKeeper } from "../session/web-login-options.ts"
import { memoryStorage, type TokenStorage } from "./token-storage.ts"

/** Where sessions are kept: the value that the adapters' `keeper` option takes. */
export interface SessionKeeping {
  readonly keeper: MakeKeeper
  readonly storage: TokenStorage
}

export interface CookieKeeperConfig extends KeepInCookiesOptions {
  /**
   * Holds for a short time what browsers do not have yet, so that requests with an older cookie find it, and renewals run
   * one at a time. Several processes need one that they share.
   *
   * @default memoryStorage()
   */
  readonly shared?: TokenStorage | undefined
}

/**
 * Keeps sessions in sealed cookies: nothing to run, but no back-channel logout, and a cookie that somebody has copied
 * works until the session's end where `shared` has forgotten that the person has signed out.
 */
export const cookieKeeper = ({ shared = memoryStorage(), ...options }: CookieKeeperConfig = {}): SessionKeeping => ({
  keeper: keepInCookies(options),
  storage: shared,
})

/** Keeps sessions in a storage; the browser has a random name. What has ended is gone. */
export const storeKeeper = ({ storage }: { readonly storage: TokenStorage }): SessionKeeping => ({
  keeper: keepInStore,
  storage,
})
