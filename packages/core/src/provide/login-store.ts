import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { StoreError } from "../errors/store-error.ts"
import type { Stored, TokenStore } from "../store/token-store.ts"
import { decodeLogin, encodeLogin, type LoginRecord } from "./login-record.ts"

/** A login and its version in the store. */
export interface StoredLogin {
  readonly record: LoginRecord
  readonly version: string
}

/** The login under one key of a store. A failed read is an error and never "signed out". */
export interface LoginStore {
  readonly read: Effect.Effect<StoredLogin | undefined, StoreError>
  /** Writes over this version only; returns whether it did. */
  readonly replace: (record: LoginRecord, expected: string) => Effect.Effect<boolean, StoreError>
  readonly begin: (record: LoginRecord) => Effect.Effect<void, StoreError>
  /** Removes this version only, or any; returns whether nobody is signed in now. */
  readonly end: (expected?: string) => Effect.Effect<boolean, StoreError>
}

export const makeLoginStore = (store: TokenStore["Service"], key: string): LoginStore => ({
  read: Effect.flatMap(store.get(key), (stored) => (stored === undefined ? nothing : decoded(stored))),
  replace: (record, expected) => store.put(key, encodeLogin(record), { expected }),
  begin: (record) => Effect.asVoid(store.put(key, encodeLogin(record))),
  end: (expected) => store.remove(key, { expected }),
})

/** Removes the matching login, if there is one, and returns it as it was at the end. */
export const removeLogin = (
  logins: LoginStore,
  isMeant: (id: string) => boolean = () => true,
): Effect.Effect<LoginRecord | undefined, StoreError> =>
  logins.read.pipe(
    Effect.flatMap((stored) => {
      if (stored === undefined || !isMeant(stored.record.id)) return nothing
      const { record, version } = stored
      return Effect.flatMap(logins.end(version), (gone) =>
        gone ? Effect.succeed(record) : removeLogin(logins, isMeant),
      )
    }),
    // an unreadable login has to be removed as well
    Effect.catch(() => Effect.map(logins.end(), () => undefined)),
  )

/**
 * Retries for about two seconds: the written value cannot be fetched again.
 *
 * @param pause milliseconds until the next attempt, doubled each time
 */
export const retryBriefly = <A>(write: Effect.Effect<A, StoreError>, pause = 50): Effect.Effect<A, StoreError> =>
  pause > 800 ? write : Effect.catch(write, () => Effect.andThen(Effect.sleep(pause), retryBriefly(write, pause * 2)))

const nothing = /*#__PURE__*/ Effect.succeed(undefined)

const decoded = ({ value, version }: Stored): Effect.Effect<StoredLogin, StoreError> => {
  const record = decodeLogin(value)
  if (Result.isSuccess(record)) return Effect.succeed({ record: record.success, version })
  const reason = { _tag: "StoreUnavailable", operation: "get", detail: "what is kept is not a login" } as const
  return Effect.fail(new StoreError({ reason }))
}
