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
import { asAcquire } from "../protocol/client-request.ts"
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
  const its: Renewing = { logins, client, renewal, unwritten: undefined }
  return (target, refused) => renew(its, target, refused)
}

/** What the renewals of a login share. */
interface Renewing {
  readonly logins: LoginStore
  readonly client: Client
  readonly renewal: Renewal
  unwritten: Unwritten | undefined
}

const renew: (its: Renewing, ...args: Parameters<RenewLogin>) => ReturnType<RenewLogin> = Effect.fnUntraced(
  function* (its, target, refused) {
    const { logins, client, unwritten } = its
    if (unwritten !== undefined) yield* commit(its, unwritten.successor, unwritten.spent)
    const before = yield* logins.read
    if (before === undefined) return yield* loginRequired("nobody is signed in")
    const kept = yield* freshSet(before.record, setKey(target, client), refused)
    if (kept !== undefined) return kept
    // it may take long: the claim notices a concurrent renewal
    yield* discovered(client)
    const claimed = yield* claim(logins, before)
    if (claimed === undefined) return yield* renew(its, target, refused)
    // uninterruptible from the request to the write: an answer lost in between cannot be fetched again
    const set = yield* Effect.uninterruptible(
      Effect.catch(spend(its, claimed, target), (error) =>
        claimed.record.refreshToken !== undefined && isInvalidGrant(error)
          ? afterRefusal(its, claimed)
          : Effect.fail(error),
      ),
    )
    return set ?? (yield* renew(its, target, refused))
  },
)

/** Rewrites the login unchanged: a store that cannot take this could not take the successor either. */
const claim = Effect.fnUntraced(function* (logins: LoginStore, { record, version }: StoredLogin) {
  if (!(yield* logins.replace(record, version))) return undefined
  const claimed = yield* logins.read
  return claimed !== undefined && sameRefreshToken(claimed.record, record) ? claimed : undefined
})

const spend = Effect.fnUntraced(function* (its: Renewing, stored: StoredLogin, target: Target) {
  const { client } = its
  const { record } = stored
  const set = yield* newSet(its, stored, target)
  const problem = record.idToken && set.idToken && checkRenewedIdToken(set.idToken, record.idToken)
  const now = yield* Clock.currentTimeMillis
  // an answer about another person is discarded, and the refresh token that brought it is not used again
  const successor = problem
    ? { ...record, refreshToken: undefined }
    : withSet(record, set, { key: setKey(target, client), now })
  const outcome = yield* commit(its, successor, stored)
  if (outcome === "ended" || problem) {
    if (set.refreshToken !== undefined) yield* revokeLater(client, set.refreshToken)
    return yield* problem ? idTokenRefused(problem) : loginRequired("nobody is signed in")
  }
  if (outcome === "overtaken") return undefined
  yield* count("renewed")
  return { ...set, login: record.id }
})

const newSet = (its: Renewing, stored: StoredLogin, target: Target) => {
  const { id, refreshToken: value } = stored.record
  if (value === undefined) return its.renewal(currentOf(stored.record), target)
  const rescue = (_: Client, next: Redacted.Redacted<string>) => Effect.mapError(keep(its, next, stored), asAcquire)
  return acquireWithRetries(refreshToken({ value, digest: id }, { rescue }), its.client, target)
}

/** Of an answer of which nothing else can be used: what was sent for it is not taken again. */
const keep = (its: Renewing, next: Redacted.Redacted<string>, stored: StoredLogin) =>
  Effect.flatMap(commit(its, { ...stored.record, refreshToken: next }, stored), (outcome) =>
    outcome === "ended" ? revokeLater(its.client, next) : Effect.void,
  )

/** Writes the successor, even over a rewritten login if that still has the spent refresh token. */
const commit: (its: Renewing, successor: LoginRecord, spent: StoredLogin) => Effect.Effect<Commit, StoreError> =
  Effect.fnUntraced(function* (its, successor, spent) {
    its.unwritten = { successor, spent }
    const write = (record: LoginRecord) => its.logins.replace(record, spent.version)
    // if there is no room for all: access tokens can be fetched again, this refresh token cannot
    const written = yield* Effect.catch(retryBriefly(write(successor)), () => write({ ...successor, sets: new Map() }))
    const now = written ? undefined : yield* retryBriefly(its.logins.read)
    its.unwritten = undefined
    if (written) return "kept"
    if (now?.record.id !== successor.id) return "ended"
    if (!sameRefreshToken(now.record, spent.record)) return "overtaken"
    return yield* commit(its, successor, now)
  })

/** Another renewal may have been faster; if not, the issuer has ended the grant. */
const afterRefusal = Effect.fnUntraced(function* ({ logins, renewal }: Renewing, sent: StoredLogin) {
  const now = yield* logins.read
  if (now !== undefined && !sameRefreshToken(now.record, sent.record)) return undefined
  if (now !== undefined && renewal !== cannotRenew) {
    yield* logins.replace({ ...now.record, refreshToken: undefined }, now.version)
    return undefined
  }
  if (now !== undefined) yield* logins.end(now.version)
  return yield* loginRequired("the issuer has ended the login")
})

const cannotRenew: Renewal = () => Effect.fail(loginRequired("the login cannot be renewed"))

const sameRefreshToken = (one: LoginRecord, other: LoginRecord): boolean =>
  one.id === other.id && textOf(one) === textOf(other)

const textOf = ({ refreshToken }: LoginRecord): string | undefined => refreshToken && Redacted.value(refreshToken)

const isInvalidGrant = (error: AcquireError | StoreError): boolean =>
  error.reason._tag === "Rejected" && error.reason.code === "invalid_grant"
