import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { digestOf } from "../protocol/digest.ts"
import { randomText } from "../protocol/random.ts"
import type { TokenStore } from "../store/token-store.ts"
import { removeCookie, setCookie } from "./cookie.ts"
import { makeKnownSessions } from "./known-sessions.ts"
import { makeSessionIndex } from "./session-index.ts"
import type { Sessions } from "./sessions.ts"
import type { Lifetime } from "./session-lifetime.ts"
import { makeSessionEntry, type SessionEntry } from "./session-entry.ts"
import type { SessionRecord } from "./session-record.ts"
import { makeUsedNames } from "./used-names.ts"

export interface StoredSessionsOptions {
  readonly store: TokenStore["Service"]
  /** The cookie's name. */
  readonly name: string
  readonly issuer: string
  readonly lifetime: Lifetime
}

/**
 * Keeps sessions in a token store. The browser has only a random name, and the store only its digest: a reader of the
 * store cannot use a session, and a made-up name never matches one.
 */
export const makeStoredSessions = ({ store, name, issuer, lifetime }: StoredSessionsOptions): Sessions => {
  const known = makeKnownSessions((key) => makeSessionEntry({ store, key, lifetime }))
  const index = makeSessionIndex(store, issuer)
  const keyOf = (id: string) => Effect.map(digestOf(id), (digest) => `session:${digest}`)
  const cookie = (id: string, end: number) =>
    Effect.map(Clock.currentTimeMillis, (now) => [setCookie(name, id, (end - now) / 1000)])

  return {
    begin: Effect.fnUntraced(function* (record) {
      const id = yield* randomText
      const key = yield* keyOf(id)
      const { startedAt, endsAt } = record
      const { sub, sid } = record.claims
      const names = { sub, sid: typeof sid === "string" ? sid : undefined }
      const surplus = yield* index.add(names, { key, startedAt, endsAt })
      for (const old of surplus) yield* index.end(old)
      return (yield* known(key).begin(record)) ? yield* cookie(id, lifetime.endOf(record)) : undefined
    }),
    open: Effect.fnUntraced(function* (cookies) {
      const id = cookies.get(name)
      if (id === undefined || !/^[\w-]{43}$/.test(id)) return undefined
      const key = yield* keyOf(id)
      const stored = yield* makeSessionEntry({ store, key, lifetime }).read
      // a name that anybody could have made up is not remembered
      if (stored === undefined) return undefined
      const entry = known(key)
      const settle = Effect.flatMap(noteUse(entry, stored.record, lifetime), (used) =>
        used === undefined ? Effect.succeed([]) : cookie(id, lifetime.endOf(used)),
      )
      return { key, record: stored.record, entry, settle }
    }),
    isPresent: (cookies) => cookies.has(name),
    forget: (cookies) => (cookies.has(name) ? [removeCookie(name)] : []),
    used: makeUsedNames(store),
    index,
    renewsAhead: true,
  }
}

/** The session as it is written then; `undefined` if it need not be, or has ended. */
const noteUse = Effect.fnUntraced(function* (entry: SessionEntry, record: SessionRecord, lifetime: Lifetime) {
  const now = yield* Clock.currentTimeMillis
  if (!lifetime.isDue(record, now)) return undefined
  // the request itself may have renewed it
  const current = yield* entry.read
  if (current === undefined) return undefined
  const used = { ...current.record, seenAt: now }
  return (yield* entry.replace(used, current.version)) ? used : undefined
})
