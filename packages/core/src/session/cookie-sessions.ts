import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { SessionError } from "../errors/session-error.ts"
import type { TokenStore } from "../store/token-store.ts"
import type { Cookies } from "./cookie.ts"
import { readChunks, removeChunks, setChunks } from "./cookie-chunks.ts"
import type { CookieSeal } from "./cookie-seal.ts"
import { type CookieEntry, makeCookieEntry } from "./cookie-entry.ts"
import { makeKnownSessions } from "./known-sessions.ts"
import type { Sessions } from "./sessions.ts"
import type { Lifetime } from "./session-lifetime.ts"
import { decodeSession, encodeSession, type SessionRecord } from "./session-record.ts"
import { makeUsedNames } from "./used-names.ts"

export interface CookieSessionsOptions {
  /** Holds, for a short time, what browsers do not have yet. */
  readonly store: TokenStore["Service"]
  /** For how long. */
  readonly overlap: Duration.Duration
  /** The cookie's name. */
  readonly name: string
  readonly seals: { readonly cookie: CookieSeal; readonly store: CookieSeal }
  readonly lifetime: Lifetime
}

/**
 * Keeps sessions in sealed cookies. A session that was renewed or ended is also in the store for a while, because
 * requests that are already under way still bring the old cookie.
 */
export const makeCookieSessions = ({ store, overlap, name, seals, lifetime }: CookieSessionsOptions): Sessions => {
  const known = makeKnownSessions((key) => makeCookieEntry({ store, key, seal: seals.store, overlap, lifetime }))
  const keyOf = ({ login }: SessionRecord) => `session:${login.id}`

  const lines = Effect.fnUntraced(function* (record: SessionRecord, cookies: Cookies) {
    const value = yield* seals.cookie.seal(encodeSession(record))
    const maxAge = (lifetime.endOf(record) - (yield* Clock.currentTimeMillis)) / 1000
    const set = setChunks({ name, value, maxAge }, cookies)
    return set ?? (yield* new SessionError({ reason: { _tag: "SessionTooLarge", length: value.length } }))
  })

  /** The first valid session. */
  const unsealed = Effect.fnUntraced(function* (values: ReadonlyArray<string>) {
    for (const value of values) {
      const opened = yield* seals.cookie.open(value)
      const record = opened && Result.getOrUndefined(decodeSession(opened.text))
      if (opened !== undefined && record !== undefined) return { record, old: opened.old }
    }
    return undefined
  })

  /** The newest cookie's record, whether or not it is still current. */
  const claimed = Effect.fnUntraced(function* (cookies: Cookies) {
    const claims = yield* Effect.forEach(readChunks(name, cookies), unsealed)
    const [newest] = claims.filter((claim) => claim !== undefined).toSorted(newestFirst)
    const isOver = newest !== undefined && lifetime.endOf(newest.record) <= (yield* Clock.currentTimeMillis)
    return isOver ? undefined : newest
  })

  return {
    begin: lines,
    open: Effect.fnUntraced(function* (cookies) {
      const claim = yield* claimed(cookies)
      if (claim === undefined) return undefined
      const key = keyOf(claim.record)
      const entry = known(key)
      entry.learn(claim.record)
      const opened = yield* entry.read
      if (opened === undefined) return undefined
      const settle = Effect.flatMap(noteUse(entry, claim, lifetime), (used) =>
        used === undefined ? Effect.succeed([]) : lines(used, cookies),
      )
      return { key, record: opened.record, entry, settle }
    }),
    isPresent: (cookies) => [...cookies.keys()].some((each) => each === name || each.startsWith(`${name}.`)),
    forget: (cookies) => removeChunks(name, cookies),
    used: makeUsedNames(store),
    index: undefined,
    renewsAhead: false,
  }
}

/** The session as its cookie has to be; `undefined` if the browser has that already. */
const noteUse = Effect.fnUntraced(function* (entry: CookieEntry, claim: Claim, lifetime: Lifetime) {
  const now = yield* Clock.currentTimeMillis
  const current = (yield* entry.read)?.record
  // it has ended meanwhile, and the browser may already have the next one
  if (current === undefined) return undefined
  const due = lifetime.isDue(current, now)
  if (!due && !claim.old && current.revision === claim.record.revision) return undefined
  const used = due ? { ...current, seenAt: now } : current
  entry.learn(used)
  return used
})

interface Claim {
  readonly record: SessionRecord
  /** Whether it was sealed with a key other than the first. */
  readonly old: boolean
}

const newestFirst = ({ record: one }: Claim, { record: other }: Claim): number =>
  other.startedAt - one.startedAt || other.revision - one.revision
