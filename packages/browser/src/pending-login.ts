import {
  type AuthorizationTransaction,
  type Client,
  decodeTransaction,
  encodeTransaction,
  type KeyValueStorage,
  makeKeyValueStore,
  type StoreError,
} from "@bearerkit/core"
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

/** What is known of a state: a login that waits for it, one that has had its answer, or one that another client began. */
export type Found =
  | { readonly _tag: "Foreign" }
  | { readonly _tag: "Used"; readonly returnTo: string }
  | { readonly _tag: "Waiting"; readonly login: PendingLogin }

/** The newest logins that this tab has begun, by state: several can be under way, and each counts once. */
export interface PendingLogins {
  readonly put: (login: PendingLogin) => Effect.Effect<void, StoreError>
  /**
   * Takes the login that waits for this state, or the newest where an answer has none; whoever asks later is told that it
   * was taken.
   */
  readonly take: (state: string | undefined) => Effect.Effect<Found | undefined, StoreError>
  /**
   * To be asked by a page without an answer: the newest login, from the third on that has been waited for in vain. One
   * that the person has backed out of does not count, and the count begins anew.
   */
  readonly missed: (isBack: boolean) => Effect.Effect<PendingLogin | undefined, StoreError>
}

/**
 * Milliseconds that a person has: a day, and one more by which the clock of this device may be wrong. The page that comes
 * back has not yet learned what time it is.
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
 * Under which names states are kept: of all logins, the newest first; of those that pages have missed the answer to, and
 * in front of them the one that the person has backed out of, or nothing.
 */
const newest = "newest"
const inVain = "in-vain"
/** Logins. */
const patience = 3

/** Anything but what was written here counts as nothing. */
const parseFound = (text: string, us: string): Found | undefined => {
  const { owner, transaction, returnTo, resume } = parseJson(text)
  if (typeof owner !== "string" || typeof returnTo !== "string") return undefined
  if (owner !== us) return { _tag: "Foreign" }
  if (typeof transaction !== "string") return { _tag: "Used", returnTo }
  const decoded = decodeTransaction(transaction)
  if (Result.isFailure(decoded)) return undefined
  return { _tag: "Waiting", login: { transaction: decoded.success, returnTo, resume } }
}

const parseJson = (text: string): Readonly<Record<string, unknown>> => {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
