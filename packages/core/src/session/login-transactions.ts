import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { AuthorizationTransaction } from "../acquire/authorization-transaction.ts"
import { decodeTransaction, encodeTransaction } from "../acquire/authorization-transaction-json.ts"
import { parseJsonObject } from "../model/json.ts"
import { digestOf } from "../protocol/digest.ts"
import { type Cookies, removeCookie, setCookie } from "./cookie.ts"
import type { CookieSeal } from "./cookie-seal.ts"

/** A login under way in a browser. */
export interface LoginTransaction {
  readonly transaction: AuthorizationTransaction
  /** A path of the application. */
  readonly returnTo: string
}

/**
 * The logins under way in one browser, in one sealed cookie per `state`, so that several tabs do not interfere and no
 * other browser can finish them.
 *
 * @see RFC 9700 §4.7 (login CSRF)
 */
export interface LoginTransactions {
  /** The `Set-Cookie` lines that store a login, and remove the oldest if there are too many. */
  readonly add: (login: LoginTransaction, cookies: Cookies) => Effect.Effect<ReadonlyArray<string>>
  readonly find: (state: string, cookies: Cookies) => Effect.Effect<FoundTransaction | undefined>
}

export interface FoundTransaction extends LoginTransaction {
  /** The `Set-Cookie` lines that remove it. */
  readonly remove: ReadonlyArray<string>
}

/** @param prefix of the cookies' names */
export const makeLoginTransactions = (prefix: string, seal: CookieSeal): LoginTransactions => {
  const nameOf = (state: string) => Effect.map(digestOf(state), (digest) => `${prefix}${digest.slice(0, 32)}`)

  const read = Effect.fnUntraced(function* (name: string, cookies: Cookies) {
    const sealed = cookies.get(name)
    const unsealed = sealed === undefined ? undefined : yield* seal.open(sealed)
    return unsealed && decode(unsealed.text)
  })

  /** Expired logins go first, then the oldest. */
  const surplus = Effect.fnUntraced(function* (cookies: Cookies, now: number) {
    const names = [...cookies.keys()].filter((name) => name.startsWith(prefix))
    const under = yield* Effect.forEach(names, (name) =>
      Effect.map(read(name, cookies), (login) => ({ name, transaction: login?.transaction })),
    )
    const age = under.map(({ name, transaction }) => ({
      name,
      startedAt: transaction !== undefined && transaction.expiresAt > now ? transaction.startedAt : 0,
    }))
    const oldestFirst = age.toSorted((one, other) => one.startedAt - other.startedAt)
    const dead = oldestFirst.filter(({ startedAt }) => startedAt === 0).length
    return oldestFirst.slice(0, Math.max(dead, names.length - maxLogins + 1)).map(({ name }) => name)
  })

  return {
    add: Effect.fnUntraced(function* (login, cookies) {
      const now = yield* Clock.currentTimeMillis
      const { transaction } = login
      const name = yield* nameOf(Redacted.value(transaction.state))
      const drop = yield* surplus(cookies, now)
      const line = setCookie(name, yield* seal.seal(encode(login)), (transaction.expiresAt - now) / 1000)
      return [line, ...drop.filter((each) => each !== name).map(removeCookie)]
    }),
    find: Effect.fnUntraced(function* (state, cookies) {
      const name = yield* nameOf(state)
      const login = yield* read(name, cookies)
      return login && { ...login, remove: [removeCookie(name)] }
    }),
  }
}

/** At the same time, in one browser. */
const maxLogins = 4

const encode = ({ transaction, returnTo }: LoginTransaction): string =>
  JSON.stringify({ returnTo, transaction: encodeTransaction(transaction) })

const decode = (text: string): LoginTransaction | undefined => {
  const json = Result.getOrUndefined(parseJsonObject(text))
  if (typeof json?.["returnTo"] !== "string" || typeof json["transaction"] !== "string") return undefined
  const transaction = Result.getOrUndefined(decodeTransaction(json["transaction"]))
  return transaction && { transaction, returnTo: json["returnTo"] }
}
