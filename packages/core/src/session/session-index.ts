import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { StoreError } from "../errors/store-error.ts"
import { isJsonObject } from "../model/json.ts"
import { digestOf } from "../protocol/digest.ts"
import type { TokenStore } from "../store/token-store.ts"
import { ended } from "./session-entry.ts"

/** Finds sessions by the `sid` or `sub` of a logout token. */
export interface SessionIndex {
  /** Returns the session that was evicted because the person has too many, to be ended. */
  readonly add: (
    names: IssuerNames,
    session: Omit<Indexed, "hasSid">,
  ) => Effect.Effect<ReadonlyArray<string>, StoreError>
  /** With both names only the one session matches; if it is unknown, those of the person without a `sid`. */
  readonly find: (names: IssuerNames) => Effect.Effect<ReadonlyArray<string>, StoreError>
  /** Ends a session, even one that is in the index but not written yet. */
  readonly end: (key: string) => Effect.Effect<void, StoreError>
}

/** The issuer's names for a session (OpenID Connect Core §2, Back-Channel Logout §2.1). */
export interface IssuerNames {
  readonly sub: string | undefined
  readonly sid: string | undefined
}

export interface Indexed {
  readonly key: string
  /** Epoch milliseconds. */
  readonly startedAt: number
  readonly endsAt: number
  /** Whether the issuer has named it. */
  readonly hasSid: boolean
}

/** @param issuer of the names */
export const makeSessionIndex = (store: TokenStore["Service"], issuer: string): SessionIndex => {
  const placeOf = (kind: "sid" | "sub", name: string) =>
    Effect.map(digestOf(JSON.stringify([issuer, kind, name])), (digest) => `sessions:${digest}`)

  const at = Effect.fnUntraced(function* (kind: "sid" | "sub", name: string) {
    return decode((yield* store.get(yield* placeOf(kind, name)))?.value)
  })

  const add: (place: string, session: Indexed) => Effect.Effect<ReadonlyArray<string>, StoreError> = Effect.fnUntraced(
    function* (place, session) {
      const now = yield* Clock.currentTimeMillis
      const stored = yield* store.get(place)
      const live = [...decode(stored?.value), session].filter(({ endsAt }) => endsAt > now)
      const surplus = live.length > maxSessions ? yield* leastNeeded(live, now) : []
      const kept = live.filter(({ key }) => !surplus.includes(key))
      const ttl = Duration.millis(Math.max(1, ...kept.map(({ endsAt }) => endsAt - now)))
      const written = yield* store.put(place, JSON.stringify(kept), { expected: stored?.version ?? null, ttl })
      return written ? surplus : yield* add(place, session)
    },
  )

  /** An ended one, else the oldest. */
  const leastNeeded = Effect.fnUntraced(function* (sessions: ReadonlyArray<Indexed>, now: number) {
    for (const { key, startedAt } of sessions) {
      const begun = startedAt + Duration.toMillis(whileBeginning) < now
      if (begun && (yield* store.get(key)) === undefined) return [key]
    }
    return sessions.slice(0, 1).map(({ key }) => key)
  })

  return {
    add: Effect.fnUntraced(function* ({ sub, sid }, began) {
      const session = { ...began, hasSid: sid !== undefined }
      const bySub = yield* add(yield* placeOf("sub", sub ?? ""), session)
      const bySid = sid === undefined ? [] : yield* add(yield* placeOf("sid", sid), session)
      return [...bySub, ...bySid]
    }),
    end: Effect.fnUntraced(function* (key) {
      const early = yield* store.put(key, ended, { expected: null, ttl: whileBeginning })
      if (!early) yield* store.remove(key)
    }),
    find: Effect.fnUntraced(function* ({ sub, sid }) {
      const named = sid === undefined ? [] : yield* at("sid", sid)
      if (named.length > 0 || sub === undefined) return named.map(({ key }) => key)
      const all = yield* at("sub", sub)
      return all.filter((each) => sid === undefined || !each.hasSid).map(({ key }) => key)
    }),
  }
}

/** Longer than the time between a session's entry in the index and its write. */
const whileBeginning = /*#__PURE__*/ Duration.minutes(1)

/** The maximum number of sessions of one person. */
const maxSessions = 100

const decode = (text: string | undefined): ReadonlyArray<Indexed> => {
  const list = Result.getOrElse(
    Result.try((): unknown => JSON.parse(text ?? "[]")),
    () => [],
  )
  return Array.isArray(list) ? list.filter(isIndexed) : []
}

const isIndexed = (value: unknown): value is Indexed =>
  isJsonObject(value) &&
  typeof value["key"] === "string" &&
  typeof value["startedAt"] === "number" &&
  typeof value["endsAt"] === "number" &&
  typeof value["hasSid"] === "boolean"
