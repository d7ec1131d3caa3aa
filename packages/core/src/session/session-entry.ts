import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import type { LoginStore } from "../provide/login-store.ts"
import type { TokenStore } from "../store/token-store.ts"
import { warn } from "../telemetry/telemetry.ts"
import type { Lifetime } from "./session-lifetime.ts"
import { decodeSession, encodeSession, type SessionRecord } from "./session-record.ts"

/** A session and the version under which it is kept. */
export interface StoredSession {
  readonly record: SessionRecord
  readonly version: string
}

/** The one session that is kept under a key. A write never brings back one that has ended. */
export interface SessionEntry {
  readonly read: Effect.Effect<StoredSession | undefined, StoreError>
  /** Writes where nothing is; whether it could: the issuer may have ended the session already. */
  readonly begin: (record: SessionRecord) => Effect.Effect<boolean, StoreError>
  /** Writes over this version only; whether it could. */
  readonly replace: (record: SessionRecord, expected: string) => Effect.Effect<boolean, StoreError>
  /** Removes this version only, or any; whether it has ended now. */
  readonly end: (expected?: string) => Effect.Effect<boolean, StoreError>
}

export interface SessionEntryOptions {
  readonly store: TokenStore["Service"]
  readonly key: string
  readonly lifetime: Lifetime
}

/** Stands in the place of a session that has ended before it was written. */
export const ended = "ended"

export const makeSessionEntry = ({ store, key, lifetime }: SessionEntryOptions): SessionEntry => {
  const write = Effect.fnUntraced(function* (record: SessionRecord, expected: string | null) {
    const ttl = Duration.millis(lifetime.endOf(record) - (yield* Clock.currentTimeMillis))
    if (Duration.toMillis(ttl) <= 0) return false
    return yield* store.put(key, encodeSession(record), { ttl, expected })
  })
  return {
    read: Effect.gen(function* () {
      const stored = yield* store.get(key)
      if (stored === undefined || stored.value === ended) return undefined
      const record = yield* decoded(stored.value)
      if (record === undefined) return undefined
      return lifetime.endOf(record) > (yield* Clock.currentTimeMillis) ? { record, version: stored.version } : undefined
    }),
    begin: (record) => write(record, null),
    replace: (record, expected) => write({ ...record, revision: record.revision + 1 }, expected),
    end: (expected) => store.remove(key, { expected }),
  }
}

/** The session's tokens as a login, for the renewal that every login has. */
export const loginStoreOf = (entry: SessionEntry): LoginStore => {
  const read = Effect.map(entry.read, (stored) => stored && { record: stored.record.login, version: stored.version })
  return {
    read,
    replace: Effect.fnUntraced(function* (login, expected) {
      const now = yield* entry.read
      return now?.version === expected && (yield* entry.replace({ ...now.record, login }, expected))
    }),
    begin: () => Effect.die("a session begins with more than a login"),
    end: entry.end,
  }
}

/** What no try could ever read is nobody's session, unlike a store that gives no answer. */
const decoded = (text: string): Effect.Effect<SessionRecord | undefined> => {
  const record = decodeSession(text)
  if (Result.isSuccess(record)) return Effect.succeed(record.success)
  const { field, problem } = record.failure
  const message = `What is kept as a session is none: ${field} ${problem}. Its browser has to sign in.`
  return Effect.as(warn(message), undefined)
}
