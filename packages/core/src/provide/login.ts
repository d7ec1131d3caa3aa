import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Http } from "../http/client.ts"
import type { SingleFlight } from "../http/single-flight.ts"
import { parseTarget, serves, type TargetInput } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import type { Lock } from "../store/lock.ts"
import { observedStore } from "../store/observed-store.ts"
import { TokenStore } from "../store/token-store.ts"
import { usableUntil } from "./freshness.ts"
import { beginLogin, type CurrentLogin, currentOf, type LoginRecord, setKey, withSet } from "./login-record.ts"
import { makeLoginSource } from "./login-source.ts"
import { makeLoginStore, removeLogin } from "./login-store.ts"
import type { Renewal } from "./renew-login.ts"
import { orRevoked, revokeQuietly } from "../protocol/revoke-quietly.ts"
import { makeProvider, TokenProvider } from "./token-provider.ts"

/** Options of `makeLogin`. */
export interface LoginOptions {
  readonly client: Client
  /** The store's key for this login; different for each person. */
  readonly key: string
  /**
   * The default target: a login for a larger target of the same APIs serves it too, if it cannot be renewed. @default
   * none
   */
  readonly own?: TargetInput | undefined
  /** How to renew a login without a refresh token. @default a person has to sign in again */
  readonly renewal?: Renewal | undefined
}

/** A login that has ended. */
export interface EndedLogin extends CurrentLogin {
  /** Revokes the refresh token if the issuer can; takes five seconds at most. */
  readonly revoked: Effect.Effect<void>
}

/**
 * A person's login: it begins with the token set of a flow, is renewed by `TokenProvider`, and ends here or at the
 * issuer.
 */
export class Login
  extends /*#__PURE__*/ Context.Service<
    Login,
    {
      /** Stores the token set of a completed flow, for this target. */
      readonly begin: (set: TokenSet, target: TargetInput) => Effect.Effect<void, AcquireError | StoreError>
      readonly current: Effect.Effect<CurrentLogin | undefined, StoreError>
      /**
       * Removes the matching login, by default any, and returns it. A renewal still under way is discarded when it
       * completes, and its refresh token revoked.
       */
      readonly end: (isMeant?: (id: string) => boolean) => Effect.Effect<EndedLogin | undefined, StoreError>
      /** Ends the login and revokes its refresh token. */
      readonly signOut: Effect.Effect<void, StoreError>
    }
  >()("@bearerkit/core/Login") {}

/** The login under a key of the store, and the provider of its tokens. */
export const loginLayer = (
  options: LoginOptions,
): Layer.Layer<Login | TokenProvider, never, Discovery | Http | Lock | SingleFlight | TokenStore> =>
  Layer.effectContext(makeLogin(options))

/** The service of `loginLayer`. */
export const makeLogin = /*#__PURE__*/ Effect.fnUntraced(function* (options: LoginOptions) {
  const { client, key, renewal } = options
  const own = options.own && Result.getOrUndefined(parseTarget(options.own))
  const logins = makeLoginStore(observedStore(yield* TokenStore), key)
  const provider = yield* makeProvider((yield* makeLoginSource(client))(logins, key, renewal), client)
  const network = yield* Effect.context<Discovery | Http>()
  const endedOf = (record: LoginRecord): EndedLogin => {
    const { refreshToken } = record
    const revoked = refreshToken === undefined ? Effect.void : revokeQuietly(client, refreshToken)
    return { ...currentOf(record), revoked: Effect.provideContext(revoked, network) }
  }
  const end: Login["Service"]["end"] = (isMeant) =>
    Effect.map(Effect.tap(removeLogin(logins, isMeant), provider.forget), (record) => record && endedOf(record))
  const begin = Effect.fnUntraced(function* (set: TokenSet, input: TargetInput) {
    const target = parseTarget(input)
    if (Result.isFailure(target)) {
      return yield* invalidOptions(target.failure.field, target.failure.problem)
    }
    const record = beginLogin(set, setKey(target.success, client))
    const before = yield* Effect.catch(logins.read, () => Effect.succeed(undefined))
    yield* logins.begin(
      own !== undefined && set.refreshToken === undefined && serves(target.success, own)
        ? withSet(record, set, { key: setKey(own, client), now: set.receivedAt })
        : record,
    )
    yield* provider.forget
    if (before !== undefined && isSomebodyElse(before.record, record)) {
      yield* Effect.forkDetach(endedOf(before.record).revoked)
    }
  })
  return Context.make(TokenProvider, provider).pipe(
    Context.add(Login, {
      begin: (set, input) =>
        Effect.uninterruptible(Effect.provideContext(orRevoked(client, set, begin(set, input)), network)),
      current: Effect.map(logins.read, (stored) => {
        if (stored === undefined) return undefined
        const set = own && stored.record.sets.get(setKey(own, client))
        return { ...currentOf(stored.record), endsAt: set && usableUntil(set) }
      }),
      end,
      signOut: Effect.flatMap(end(), (ended) => ended?.revoked ?? Effect.void),
    }),
  )
})

/**
 * The same person's old refresh token may share a grant with the new one; revoking it would revoke both (RFC 7009
 * §2.1).
 */
const isSomebodyElse = (former: LoginRecord, record: LoginRecord): boolean => {
  const [sub, other] = [former, record].map((each) => currentOf(each).claims?.sub)
  return sub !== undefined && other !== undefined && sub !== other
}
