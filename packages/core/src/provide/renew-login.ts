import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { refreshToken } from "../acquire/refresh-token.ts"
import { type AcquireError, idTokenRefused, loginRequired } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Http } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { Token, TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { count } from "../telemetry/telemetry.ts"
import { checkRenewedIdToken } from "../verify/renewed-id-token.ts"
import { type CurrentLogin, currentOf, freshSet, type LoginRecord, setKey, withSet } from "./login-record.ts"
import { retryBriefly, type LoginStore, type StoredLogin } from "./login-store.ts"
import { acquireWithRetries, discovered } from "./renewal.ts"
import { revokeLater } from "../protocol/revoke-quietly.ts"
import type { Obtained } from "./token-source.ts"

/** A successor that could not be written yet; it is not handed out before. */
interface Unwritten {
  readonly successor: LoginRecord
  readonly spent: StoredLogin
}

/** The outcome for a successor: written, its login has ended, or another renewal was faster. */
type Commit = "ended" | "kept" | "overtaken"

/**
 * Gets new tokens for a login without a refresh token. They must include an ID token: that of another person is
 * refused. Runs under the login's lock, uninterruptible except where it allows it.
 */
export type Renewal = (login: CurrentLogin, target: Target) => Effect.Effect<TokenSet, AcquireError, Discovery | Http>

type RenewLogin = (
  target: Target,
  refused: Token | undefined,
) => Effect.Effect<Obtained, AcquireError | StoreError, Discovery | Http>

/**
 * Renews a login, under its lock: reads it again and uses another renewal's result if there is one; proves that the
 * store is writable before it spends the refresh token; writes the successor before it hands out the access token.
 */
export const makeRenewLogin = (logins: LoginStore, client: Client, renewal = cannotRenew): RenewLogin => {
  let unwritten: Unwritten | undefined

  /** Writes the successor, even over a rewritten login if that still has the spent refresh token. */
  const commit: (successor: LoginRecord, spent: StoredLogin) => Effect.Effect<Commit, StoreError> = Effect.fnUntraced(
    function* (successor, spent) {
      unwritten = { successor, spent }
      const write = (record: LoginRecord) => logins.replace(record, spent.version)
      // if there is no room for all: access tokens can be fetched again, this refresh token cannot
      const written = yield* Effect.catch(retryBriefly(write(successor)), () =>
        write({ ...successor, sets: new Map() }),
      )
      const now = written ? undefined : yield* retryBriefly(logins.read)
      unwritten = undefined
      if (written) return "kept"
      if (now?.record.id !== successor.id) return "ended"
      if (!sameRefreshToken(now.record, spent.record)) return "overtaken"
      return yield* commit(successor, now)
    },
  )

  /** Of an answer of which nothing else can be used: what was sent for it is not taken again. */
  const keep = (next: Redacted.Redacted<string>, stored: StoredLogin) =>
    Effect.flatMap(commit({ ...stored.record, refreshToken: next }, stored), (outcome) =>
      outcome === "ended" ? revokeLater(client, next) : Effect.void,
    )

  const spendToken = (stored: StoredLogin, value: Redacted.Redacted<string>, target: Target) => {
    const { record } = stored
    let rescued: Redacted.Redacted<string> | undefined
    const rescue = (next: Redacted.Redacted<string>) => void (rescued = next)
    const acquired = acquireWithRetries(refreshToken({ value, digest: record.id }, { rescue }), client, target)
    return Effect.tapError(acquired, () => (rescued === undefined ? Effect.void : keep(rescued, stored)))
  }

  const spend = Effect.fnUntraced(function* (stored: StoredLogin, target: Target) {
    const { record } = stored
    const set = yield* record.refreshToken === undefined
      ? renewal(currentOf(record), target)
      : spendToken(stored, record.refreshToken, target)
    const problem = record.idToken && set.idToken && checkRenewedIdToken(set.idToken, record.idToken)
    const now = yield* Clock.currentTimeMillis
    // an answer about another person is discarded, and the refresh token that brought it is not used again
    const successor = problem
      ? { ...record, refreshToken: undefined }
      : withSet(record, set, { key: setKey(target, client), now })
    const outcome = yield* commit(successor, stored)
    if (outcome === "ended" || problem) {
      const unused = set.refreshToken ?? record.refreshToken
      if (unused !== undefined) yield* revokeLater(client, unused)
      return yield* problem ? idTokenRefused(problem) : loginRequired("nobody is signed in")
    }
    if (outcome === "overtaken") return undefined
    yield* count("renewed")
    return { ...set, login: record.id }
  })

  const renew: RenewLogin = Effect.fnUntraced(function* (target, refused) {
    if (unwritten !== undefined) yield* commit(unwritten.successor, unwritten.spent)
    const before = yield* logins.read
    if (before === undefined) return yield* loginRequired("nobody is signed in")
    const kept = yield* freshSet(before.record, setKey(target, client), refused)
    if (kept !== undefined) return kept
    // it may take long: the claim notices a concurrent renewal
    yield* discovered(client)
    const claimed = yield* claim(logins, before)
    if (claimed === undefined) return yield* renew(target, refused)
    // uninterruptible from the request to the write: an answer lost in between cannot be fetched again
    const set = yield* Effect.uninterruptible(
      Effect.catch(spend(claimed, target), (error) =>
        claimed.record.refreshToken !== undefined && isInvalidGrant(error) ? afterRefusal(claimed) : Effect.fail(error),
      ),
    )
    return set ?? (yield* renew(target, refused))
  })

  /** Another renewal may have been faster; if not, the issuer has ended the grant. */
  const afterRefusal = Effect.fnUntraced(function* (sent: StoredLogin) {
    const now = yield* logins.read
    if (now !== undefined && !sameRefreshToken(now.record, sent.record)) return undefined
    if (now !== undefined && renewal !== cannotRenew) {
      yield* logins.replace({ ...now.record, refreshToken: undefined }, now.version)
      return undefined
    }
    if (now !== undefined) yield* logins.end(now.version)
    return yield* loginRequired("the issuer has ended the login")
  })

  return renew
}

const cannotRenew: Renewal = () => Effect.fail(loginRequired("the login cannot be renewed"))

/** Rewrites the login unchanged: a store that cannot take this could not take the successor either. */
const claim = Effect.fnUntraced(function* (logins: LoginStore, { record, version }: StoredLogin) {
  if (!(yield* logins.replace(record, version))) return undefined
  const claimed = yield* logins.read
  return claimed !== undefined && sameRefreshToken(claimed.record, record) ? claimed : undefined
})

const sameRefreshToken = (one: LoginRecord | undefined, other: LoginRecord): boolean =>
  one !== undefined && one.id === other.id && textOf(one) === textOf(other)

const textOf = ({ refreshToken }: LoginRecord): string | undefined => refreshToken && Redacted.value(refreshToken)

const isInvalidGrant = (error: AcquireError | StoreError): boolean =>
  error.reason._tag === "Rejected" && error.reason.code === "invalid_grant"
