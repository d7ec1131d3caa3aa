import { cookieSessions, memoryStorage, type SessionStorage, storedSessions, type TokenStorage } from "@bearerkit/core"
import * as Effect from "effect/Effect"

/** One storage for several applications, as processes share Redis. */
export const sharedStorage = (storage: TokenStorage = memoryStorage()): TokenStorage => {
  const both = Effect.runSync(Effect.scoped(storage.services))
  return { services: Effect.succeed(both) }
}

/** Each way to keep the sessions of a fleet. */
export const sharedSessionStorages: ReadonlyArray<readonly [string, () => SessionStorage]> = [
  ["sealed cookies", () => cookieSessions({ shared: sharedStorage() })],
  ["a store", () => storedSessions({ storage: sharedStorage() })],
]

export interface Outage {
  /** What the issuer's token endpoint answers to a renewal instead; nothing: what it says itself. */
  answer: (() => Response | Promise<Response>) | undefined
  /** Renewals that were asked for, answered or not. */
  renewals: number
  readonly fetch: typeof globalThis.fetch
}

/** An issuer whose renewals fail when the test says so. */
export const makeOutage = (): Outage => {
  const outage: Outage = {
    answer: undefined,
    renewals: 0,
    fetch: async (input, init) => {
      if (!String(init?.body).includes("grant_type=refresh_token")) return fetch(input, init)
      outage.renewals += 1
      return outage.answer === undefined ? fetch(input, init) : outage.answer()
    },
  }
  return outage
}

export const failing = {
  "a broken connection": () => Promise.reject(new TypeError("fetch failed")),
  "500": () => new Response("oops", { status: 500 }),
  "503 temporarily_unavailable": () => Response.json({ error: "temporarily_unavailable" }, { status: 503 }),
  "429 with Retry-After": () => new Response("", { status: 429, headers: { "retry-after": "30" } }),
  invalid_client: () => Response.json({ error: "invalid_client" }, { status: 401 }),
} as const
