import {
  type AuthorizationTransaction,
  decodeTransaction,
  encodeTransaction,
  keyValueStore,
  type KeyValueStorage,
  type StoreError,
  TokenStore,
} from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

/** A login under way, and what the page wants to know when the person comes back. */
export interface PendingLogin {
  readonly transaction: AuthorizationTransaction
  /** A path of this origin. */
  readonly returnTo: string
  /** The application's own, as JSON can say it. */
  readonly resume: unknown
}

/** What is known of a state: a login that waits for it, or one that has had its answer. */
export type Found =
  | { readonly _tag: "Used"; readonly returnTo: string }
  | { readonly _tag: "Waiting"; readonly login: PendingLogin }

/** Logins under way, by state: several can be, and each counts once. */
export interface PendingLogins {
  readonly put: (login: PendingLogin) => Effect.Effect<void, StoreError>
  /** Takes the login that waits for this state; whoever asks later is told that it was taken. */
  readonly take: (state: string) => Effect.Effect<Found | undefined, StoreError>
}

export const makePendingLogins = (storage: () => KeyValueStorage): Effect.Effect<PendingLogins> =>
  Effect.map(Effect.provide(TokenStore, keyValueStore(storage, { prefix })), (store) => ({
    put: ({ transaction, returnTo, resume }) => {
      const value = JSON.stringify({ transaction: encodeTransaction(transaction), returnTo, resume })
      const ttl = Duration.millis(transaction.expiresAt - transaction.startedAt)
      return Effect.asVoid(store.put(Redacted.value(transaction.state), value, { ttl }))
    },
    take: Effect.fnUntraced(function* (state: string) {
      if (!isState(state)) return undefined
      const stored = yield* store.get(state)
      const found = stored && parseFound(stored.value)
      if (stored === undefined || found === undefined || found._tag === "Used") return found
      const { returnTo } = found.login
      const taken = yield* store.put(state, JSON.stringify({ returnTo }), { expected: stored.version, ttl: remembered })
      return taken ? found : ({ _tag: "Used", returnTo } satisfies Found)
    }),
  }))

/** Whether this tab has begun the login that has this state. */
export const isPendingHere = (storage: KeyValueStorage, state: string): boolean =>
  typeof storage.getItem(prefix + state) === "string"

const prefix = "bearerkit-login:"
const remembered = /*#__PURE__*/ Duration.hours(1)

/** As all of ours are: 43 characters of base64url. */
export const isState = (state: string): boolean => /^[\w-]{43}$/.test(state)

/** Anything but what was written here counts as nothing. */
const parseFound = (text: string): Found | undefined => {
  const json = Result.getOrUndefined(Result.try((): unknown => JSON.parse(text)))
  if (typeof json !== "object" || json === null) return undefined
  const { transaction, returnTo, resume } = json as Readonly<Record<string, unknown>>
  if (typeof returnTo !== "string") return undefined
  if (typeof transaction !== "string") return { _tag: "Used", returnTo }
  const decoded = decodeTransaction(transaction)
  if (Result.isFailure(decoded)) return undefined
  return { _tag: "Waiting", login: { transaction: decoded.success, returnTo, resume } }
}
