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
export const makeCookieEntry = (options: CookieEntryOptions): CookieEntry => {
  const its: State = { ...options, newest: undefined }
  return {
    learn: (record) => learn(its, record),
    read: read(its),
    begin: () => Effect.succeed(true),
    replace: (record, expected) => replace(its, record, expected),
    end: (expected) => end(its, expected),
  }
}

interface State extends CookieEntryOptions {
  newest: SessionRecord | undefined
}

/** A renewal must not undo that the session was used meanwhile. */
const learn = (its: State, record: SessionRecord): void => {
  const { newest } = its
  const seenAt = Math.max(record.seenAt, newest?.seenAt ?? 0)
  its.newest = { ...(newest === undefined || record.revision >= newest.revision ? record : newest), seenAt }
}

const read = Effect.fnUntraced(function* (its: State) {
  const stored = yield* its.store.get(its.key)
  const kept = stored && (yield* opened(its, stored))
  if (typeof kept === "string") return undefined
  if (kept !== undefined) learn(its, kept)
  const { newest } = its
  if (newest === undefined || its.lifetime.endOf(newest) <= (yield* Clock.currentTimeMillis)) return undefined
  return { record: newest, version: stored === undefined ? `cookie ${newest.revision}` : `stored ${stored.version}` }
})

const opened = Effect.fnUntraced(function* ({ key, seal }: State, { value }: Stored) {
  const text = (yield* seal.open(value))?.text
  if (text === undefined || text === ended(key)) return text
  const record = decodeSession(text)
  return Result.isSuccess(record) && `session:${record.success.login.id}` === key ? record.success : undefined
})

const replace = Effect.fnUntraced(function* (its: State, record: SessionRecord, expected: string) {
  const next = { ...record, revision: record.revision + 1 }
  const written = yield* write(its, encodeSession(next), { ttl: its.overlap, expected })
  if (written) learn(its, next)
  return written
})

const end = Effect.fnUntraced(function* (its: State, expected: string | undefined) {
  const { key, overlap, lifetime, newest } = its
  const latest = newest === undefined ? 0 : lifetime.endOf({ ...newest, seenAt: Infinity })
  const ttl = Duration.millis(Math.max(Duration.toMillis(overlap), latest - (yield* Clock.currentTimeMillis)))
  return yield* write(its, ended(key), { ttl, expected })
})

const write = Effect.fnUntraced(function* (its: State, text: string, { ttl, expected }: WriteOptions) {
  const [place, version] = expected?.split(" ", 2) ?? []
  if (place === "cookie" && version !== String(its.newest?.revision)) return false
  const sealed = yield* its.seal.seal(text)
  const over = expected === undefined ? undefined : place === "cookie" ? null : version
  return yield* its.store.put(its.key, sealed, { ttl, ...(over !== undefined && { expected: over }) })
})

interface WriteOptions {
  readonly ttl: Duration.Duration
  /** The version to write over. @default any */
  readonly expected: string | undefined
}

const ended = (key: string): string => `ended ${key}`
