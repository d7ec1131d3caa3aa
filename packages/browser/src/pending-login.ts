import {
  type AuthorizationTransaction,
  type Client,
  decodeTransaction,
  encodeTransaction,
  type KeyValueStorage,
  makeKeyValueStore,
  parseJsonObject,
  type StoreError,
} from "@bearerkit/core"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"

/** A login under way, with what the page needs when the person comes back. */
export interface PendingLogin {
  readonly transaction: AuthorizationTransaction
  /** A path of this origin. */
  readonly returnTo: string
  /** JSON data of the application. */
  readonly resume: unknown
}

/** The login of a state: another client's, one that has had its answer, or one that waits for it. */
export type Found =
  | { readonly _tag: "Foreign" }
  | { readonly _tag: "Used"; readonly returnTo: string }
  | { readonly _tag: "Waiting"; readonly login: PendingLogin }

/** The newest logins that this tab has begun, by state: several can be under way, and each is completed once. */
export interface PendingLogins {
  readonly put: (login: PendingLogin) => Effect.Effect<void, StoreError>
  /** Takes the login of a state, or the newest if the answer has no state; later it is `Used`. */
  readonly take: (state: string | undefined) => Effect.Effect<Found | undefined, StoreError>
  /**
   * For a page without an answer: the newest login, if it is at least the third in a row without one. A login that the
   * person has backed out of (`isBack`) does not count, and the count starts anew.
   */
  readonly missed: (isBack: boolean) => Effect.Effect<PendingLogin | undefined, StoreError>
}

/**
 * Milliseconds that a person may take: a day, and one more in case the clock of the device is wrong, as a page does not
 * know yet what time it is.
 */
export const lifetime = 172_800_000

export const makePendingLogins = (
  storage: () => KeyValueStorage,
  { issuer, clientId }: Pick<Client, "clientId" | "issuer">,
): PendingLogins => {
  const owner = JSON.stringify([issuer, clientId])
  const store = makeKeyValueStore(storage, { prefix })
  const list = (name: string) => Effect.map(store.get(name), (stored) => (stored?.value ?? "").split(" "))
  const find = (state: string) =>
    Effect.map(store.get(state), (stored) => ({
      version: stored?.version,
      found: stored && parseFound(stored.value, owner),
    }))
  return {
    put: Effect.fnUntraced(function* ({ transaction, returnTo, resume }: PendingLogin) {
      const state = Redacted.value(transaction.state)
      const states = [state, ...(yield* list(newest))]
      for (const old of states.splice(capacity)) yield* store.remove(old)
      yield* store.put(state, JSON.stringify({ owner, transaction: encodeTransaction(transaction), returnTo, resume }))
      yield* store.put(newest, states.join(" "))
    }),
    take: Effect.fnUntraced(function* (given: string | undefined) {
      const state = given ?? (yield* list(newest))[0]
      if (!isState(state)) return undefined
      const { version, found } = yield* find(state)
      if (found?._tag !== "Waiting") return given === undefined ? undefined : found
      const { returnTo } = found.login
      yield* store.remove(inVain)
      const taken = yield* store.put(state, JSON.stringify({ owner, returnTo }), { expected: version })
      return taken ? found : ({ _tag: "Used", returnTo } satisfies Found)
    }),
    missed: Effect.fnUntraced(function* (isBack: boolean) {
      const [state = ""] = yield* list(newest)
      const { found } = yield* find(state)
      const before = yield* list(inVain)
      // a page that is loaded again misses the same one
      if (found?._tag !== "Waiting" || before.includes(state)) return undefined
      const states = [...(isBack ? [] : before), state].slice(-patience - 1)
      yield* store.put(inVain, states.join(" "))
      return states.length > patience ? found.login : undefined
    }),
  }
}

/** Whether this tab has begun the login that has this state. */
export const isPendingHere = (storage: KeyValueStorage, state: string): boolean =>
  typeof storage.getItem(prefix + state) === "string"

/** As all of ours are: 43 characters of base64url. */
export const isState = (state: string | undefined): state is string => /^[\w-]{43}$/.test(state ?? "")

const prefix = "bearerkit-login:"
const capacity = 10

/**
 * The names of lists of states: of all logins, the newest first; and of those without an answer, after the one that the
 * person has backed out of, or nothing.
 */
const newest = "newest"
const inVain = "in-vain"
/** Logins. */
const patience = 3

/** Anything that was not written here is ignored. */
const parseFound = (text: string, us: string): Found | undefined => {
  const json = parseJsonObject(text)
  if (Result.isFailure(json)) return undefined
  const { owner, transaction, returnTo, resume } = json.success
  if (typeof owner !== "string" || typeof returnTo !== "string") return undefined
  if (owner !== us) return { _tag: "Foreign" }
  if (typeof transaction !== "string") return { _tag: "Used", returnTo }
  const decoded = decodeTransaction(transaction)
  if (Result.isFailure(decoded)) return undefined
  return { _tag: "Waiting", login: { transaction: decoded.success, returnTo, resume } }
}
