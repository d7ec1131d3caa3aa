import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { invalidOptions } from "../errors/session-error.ts"
import { observedStore } from "../store/observed-store.ts"
import { TokenStore } from "../store/token-store.ts"
import { makeCookieSessions } from "./cookie-sessions.ts"
import { makeCookieSeal } from "./cookie-seal.ts"
import { makeStoredSessions } from "./stored-sessions.ts"
import type { MakeSessions } from "./web-login-options.ts"

/** Sessions in the token store; the browser has only a random name. */
export const sessionsInStore: MakeSessions = ({ cookieName: name, issuer, lifetime }) =>
  Effect.map(TokenStore, (store) => makeStoredSessions({ store: observedStore(store), name, issuer, lifetime }))

export interface SessionsInCookiesOptions {
  /** How long after a renewal requests with the old cookie may still arrive. @default 10 minutes */
  readonly overlap?: Duration.Input | undefined
}

/** Sessions in sealed cookies; the token store briefly holds what is newer than a browser's cookie. */
export const sessionsInCookies = (options: SessionsInCookiesOptions = {}): MakeSessions =>
  Effect.fnUntraced(function* ({ cookieName: name, cookieKeys, lifetime }) {
    const overlap = Duration.fromInput(options.overlap ?? "10 minutes")
    if (Option.isNone(overlap)) return yield* invalidOptions("overlap", "must be a duration")
    const seals = {
      cookie: yield* makeCookieSeal(cookieKeys, { purpose: "session", cookie: name }),
      store: yield* makeCookieSeal(cookieKeys, { purpose: "session in a store", cookie: name }),
    }
    return makeCookieSessions({
      store: observedStore(yield* TokenStore),
      overlap: overlap.value,
      name,
      seals,
      lifetime,
    })
  })
