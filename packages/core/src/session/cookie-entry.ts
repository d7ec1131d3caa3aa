import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Stored, TokenStore } from "../store/token-store.ts"
import type { CookieSeal } from "./cookie-seal.ts"
import type { Lifetime } from "./session-lifetime.ts"
import { decodeSession, encodeSession, type SessionRecord } from "./session-record.ts"
import type { SessionEntry } from "./session-entry.ts"

/** A session that lives in a cookie. */
export interface CookieEntry extends SessionEntry {
  /** Takes note of a request's record; the newest is remembered. */
  readonly learn: (record: SessionRecord) => void
}

export interface CookieEntryOptions {
  readonly store: TokenStore["Service"]
  readonly key: string
  readonly seal: CookieSeal
  readonly overlap: Duration.Duration
  readonly lifetime: Lifetime
}

/**
 * A cookie's session with its recent state in a store: a write is kept for as long as requests with an older cookie may
 * arrive; before the first write the cookie counts. The fact that a session has ended is kept until it would have
 * expired.
 */
export const makeCookieEntry = ({ store, key, seal, overlap, lifetime }: CookieEntryOptions): CookieEntry => {
  let newest: SessionRecord | undefined

  const opened = Effect.fnUntraced(function* ({ value }: Stored) {
    const text = (yield* seal.open(value))?.text
    if (text === undefined || text === ended(key)) return text
    const record = decodeSession(text)
    return Result.isSuccess(record) && `session:${record.success.login.id}` === key ? record.success : undefined
  })

  const read = Effect.gen(function* () {
    const stored = yield* store.get(key)
    const kept = stored && (yield* opened(stored))
    if (typeof kept === "string") return undefined
    if (kept !== undefined) learn(kept)
    if (newest === undefined || lifetime.endOf(newest) <= (yield* Clock.currentTimeMillis)) return undefined
    return { record: newest, version: stored === undefined ? `cookie ${newest.revision}` : `stored ${stored.version}` }
  })

  /** A renewal must not undo that the session was used meanwhile. */
  const learn = (record: SessionRecord): void => {
    const seenAt = Math.max(record.seenAt, newest?.seenAt ?? 0)
    if (newest === undefined || record.revision >= newest.revision) newest = { ...record, seenAt }
    else newest = { ...newest, seenAt }
  }

  const write = Effect.fnUntraced(function* (text: string, ttl: Duration.Duration, expected: string | undefined) {
    const [place, version] = expected?.split(" ", 2) ?? []
    if (place === "cookie" && version !== String(newest?.revision)) return false
    const sealed = yield* seal.seal(text)
    const over = expected === undefined ? undefined : place === "cookie" ? null : version
    return yield* store.put(key, sealed, { ttl, ...(over !== undefined && { expected: over }) })
  })

  return {
    learn,
    read,
    begin: () => Effect.succeed(true),
    replace: Effect.fnUntraced(function* (record: SessionRecord, expected: string) {
      const next = { ...record, revision: record.revision + 1 }
      const written = yield* write(encodeSession(next), overlap, expected)
      if (written) learn(next)
      return written
    }),
    end: Effect.fnUntraced(function* (expected?: string) {
      const end = newest === undefined ? 0 : lifetime.endOf({ ...newest, seenAt: Infinity })
      const ttl = Duration.millis(Math.max(Duration.toMillis(overlap), end - (yield* Clock.currentTimeMillis)))
      return yield* write(ended(key), ttl, expected)
    }),
  }
}

const ended = (key: string): string => `ended ${key}`
