import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import type { LoginRecord } from "../provide/login-record.ts"
import type { LoginStore } from "../provide/login-store.ts"
import type { TokenStore } from "../store/token-store.ts"
import { warn } from "../telemetry/telemetry.ts"
import type { Lifetime } from "./session-lifetime.ts"
import { decodeSession, encodeSession, type SessionRecord } from "./session-record.ts"

/** A session and its version. */
export interface StoredSession {
  readonly record: SessionRecord
  readonly version: string
}

/** The session under one key. A write never revives an ended one. */
export interface SessionEntry {
  readonly read: Effect.Effect<StoredSession | undefined, StoreError>
  /** Writes if absent; returns whether it did: the issuer may have ended the session already. */
  readonly begin: (record: SessionRecord) => Effect.Effect<boolean, StoreError>
  /** Writes over this version only; returns whether it did. */
  readonly replace: (record: SessionRecord, expected: string) => Effect.Effect<boolean, StoreError>
  /** Removes this version only, or any; returns whether it has ended now. */
  readonly end: (expected?: string) => Effect.Effect<boolean, StoreError>
}

export interface SessionEntryOptions {
  readonly store: TokenStore["Service"]
  readonly key: string
  readonly lifetime: Lifetime
}

/** Replaces a session that ended before it was written. */
export const ended = "ended"

export const makeSessionEntry = (options: SessionEntryOptions): SessionEntry => ({
  read: read(options),
  begin: (record) => write(options, record, null),
  replace: (record, expected) => write(options, { ...record, revision: record.revision + 1 }, expected),
  end: (expected) => options.store.remove(options.key, { expected }),
})

const read = Effect.fnUntraced(function* ({ store, key, lifetime }: SessionEntryOptions) {
  const stored = yield* store.get(key)
  if (stored === undefined || stored.value === ended) return undefined
  const record = yield* decoded(stored.value)
  if (record === undefined) return undefined
  return lifetime.endOf(record) > (yield* Clock.currentTimeMillis) ? { record, version: stored.version } : undefined
})

const write = Effect.fnUntraced(function* (
  { store, key, lifetime }: SessionEntryOptions,
  record: SessionRecord,
  expected: string | null,
) {
  const ttl = Duration.millis(lifetime.endOf(record) - (yield* Clock.currentTimeMillis))
  if (Duration.toMillis(ttl) <= 0) return false
  return yield* store.put(key, encodeSession(record), { ttl, expected })
})

/** The session's tokens as a `LoginStore`, so that they are renewed like any login. */
export const loginStoreOf = (entry: SessionEntry): LoginStore => ({
  read: Effect.map(entry.read, (stored) => stored && { record: stored.record.login, version: stored.version }),
  replace: (login, expected) => replaceLogin(entry, login, expected),
  begin: () => Effect.die("a session begins with more than a login"),
  end: entry.end,
})

const replaceLogin = Effect.fnUntraced(function* (entry: SessionEntry, login: LoginRecord, expected: string) {
  const now = yield* entry.read
  return now?.version === expected && (yield* entry.replace({ ...now.record, login }, expected))
})

/** Unreadable text is no session, unlike a store that fails. */
const decoded = (text: string): Effect.Effect<SessionRecord | undefined> => {
  const record = decodeSession(text)
  if (Result.isSuccess(record)) return Effect.succeed(record.success)
  const { field, problem } = record.failure
  const message = `A stored session is not valid: ${field} ${problem}. Its browser has to sign in again.`
  return Effect.as(warn(message), undefined)
}
