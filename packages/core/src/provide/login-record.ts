import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import type { Claims } from "../model/claims.ts"
import type { Invalid } from "../model/invalid.ts"
import type { Target } from "../model/target.ts"
import type { Token, TokenSet } from "../model/token-set.ts"
import { versionedDecoder, secret, text } from "../model/versioned-json.ts"
import { decodeTokenSet, encodeTokenSet } from "../model/token-set-json.ts"
import type { Client } from "../protocol/client.ts"
import { usableUntil } from "./freshness.ts"
import { type Obtained, presents } from "./token-source.ts"

/**
 * A login in a store: one value, so that a new refresh token and its access token are written together or not at all.
 */
export interface LoginRecord {
  /** New at every login, so that logins are never mixed up. */
  readonly id: string
  readonly refreshToken: Redacted.Redacted<string> | undefined
  readonly idToken: Redacted.Redacted<string> | undefined
  /** By `setKey`. */
  readonly sets: ReadonlyMap<string, TokenSet>
}

/** The person who is signed in. */
export interface CurrentLogin {
  /** New at every login; no secret. */
  readonly id: string
  readonly idToken: Redacted.Redacted<string> | undefined
  /** The claims of the ID token, checked when it arrived. */
  readonly claims: Claims | undefined
  /** When its token for the default target expires, in epoch milliseconds; absent if it has none. */
  readonly endsAt?: number | undefined
}

export const currentOf = ({ id, idToken }: LoginRecord): CurrentLogin => {
  const claims = idToken && unverifiedClaims(Redacted.value(idToken))
  return { id, idToken, claims: claims && Result.getOrUndefined(claims) }
}

/** A new login with a token set under this key. */
export const beginLogin = (set: TokenSet, key: string): LoginRecord =>
  withSet({ id: crypto.randomUUID(), refreshToken: undefined, idToken: undefined, sets: new Map() }, set, {
    key,
    now: set.receivedAt,
  })

/** The login after a renewal: keeps the newest refresh and ID token, drops what has expired. */
export const withSet = (
  record: LoginRecord,
  set: TokenSet,
  { key, now }: { readonly key: string; readonly now: number },
): LoginRecord => ({
  id: record.id,
  refreshToken: set.refreshToken ?? record.refreshToken,
  idToken: set.idToken ?? record.idToken,
  sets: new Map([...[...record.sets].filter(([, kept]) => kept.expiresAt > now), [key, withoutTheLogins(set)]]),
})

/** The key of the set for a target; it includes the DPoP key, since a token bound to another key is of no use. */
export const setKey = (target: Target, { dpop }: Pick<Client, "dpop">): string =>
  JSON.stringify(dpop === undefined ? target : { ...target, jkt: dpop.thumbprint })

/** The set of a login under a key, unless it has expired or was refused. */
export const freshSet = (
  { id, sets }: LoginRecord,
  key: string,
  refused: Token | undefined,
): Effect.Effect<Obtained | undefined> =>
  Effect.map(Clock.currentTimeMillis, (now) => {
    const kept = sets.get(key)
    return kept !== undefined && usableUntil(kept) > now && !presents(kept, refused)
      ? { ...kept, login: id }
      : undefined
  })

/** Encodes a login for a store. The text is a secret. */
export const encodeLogin = ({ id, refreshToken, idToken, sets }: LoginRecord): string =>
  JSON.stringify({
    version,
    id,
    refreshToken: refreshToken && Redacted.value(refreshToken),
    idToken: idToken && Redacted.value(idToken),
    sets: [...sets].map(([key, set]) => [key, encodeTokenSet(set)]),
  })

const version = 1

/** The inverse of `encodeLogin`; fails for any other text. */
export const decodeLogin = (encoded: string): Result.Result<LoginRecord, Invalid> =>
  Result.map(read(encoded), ({ id, refreshToken, idToken, sets }) => ({ id, refreshToken, idToken, sets }))

const setsOf = (value: unknown): ReadonlyMap<string, TokenSet> | undefined => {
  if (!Array.isArray(value)) return undefined
  const sets = new Map<string, TokenSet>()
  for (const entry of value as ReadonlyArray<unknown>) {
    if (!Array.isArray(entry) || typeof entry[0] !== "string" || typeof entry[1] !== "string") return undefined
    const set = decodeTokenSet(entry[1])
    if (Result.isFailure(set)) return undefined
    sets.set(entry[0], set.success)
  }
  return sets
}

const read = /*#__PURE__*/ versionedDecoder({
  version,
  members: { id: text, sets: setsOf },
  optional: { refreshToken: secret, idToken: secret },
})

/** The record holds the refresh token once, and the ID token too, unless it is the set's token to present. */
const withoutTheLogins = (set: TokenSet): TokenSet => {
  const { refreshToken: _refreshToken, idToken, ...rest } = set
  return idToken !== undefined && set.presented === "id_token" ? { ...rest, idToken } : rest
}
