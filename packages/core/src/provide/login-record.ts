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
 * A login as a store keeps it: one value, so that a new refresh token and the access token that came with it are written
 * together or not at all.
 */
export interface LoginRecord {
  /** New at every login: what belongs to another one is never mixed in. */
  readonly id: string
  readonly refreshToken: Redacted.Redacted<string> | undefined
  readonly idToken: Redacted.Redacted<string> | undefined
  /** By `setKey`. */
  readonly sets: ReadonlyMap<string, TokenSet>
}

/** What is known of the person who is signed in. */
export interface CurrentLogin {
  /** New at every login; no secret. */
  readonly id: string
  readonly idToken: Redacted.Redacted<string> | undefined
  /** What the ID token says; it was checked when it came. */
  readonly claims: Claims | undefined
  /** Until when it has a token for what is asked for most, in epoch milliseconds; nothing if it has none. */
  readonly endsAt?: number | undefined
}

export const currentOf = ({ id, idToken }: LoginRecord): CurrentLogin => {
  const claims = idToken && unverifiedClaims(Redacted.value(idToken))
  return { id, idToken, claims: claims && Result.getOrUndefined(claims) }
}

/** The login that begins with a token set, to be held under this key. */
export const beginLogin = (set: TokenSet, key: string): LoginRecord =>
  withSet({ id: crypto.randomUUID(), refreshToken: undefined, idToken: undefined, sets: new Map() }, set, {
    key,
    now: set.receivedAt,
  })

/** The login after a renewal: the newest refresh and ID token stay, what has ended goes. */
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

/** Under which key a login holds the set for a target: a token that is bound to another key is of no use. */
export const setKey = (target: Target, { dpop }: Pick<Client, "dpop">): string =>
  JSON.stringify(dpop === undefined ? target : { ...target, jkt: dpop.thumbprint })

/** The set that a login holds under a key, unless it has ended or was refused. */
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

/** As text for a store. The text is a secret. */
export const encodeLogin = ({ id, refreshToken, idToken, sets }: LoginRecord): string =>
  JSON.stringify({
    version,
    id,
    refreshToken: refreshToken && Redacted.value(refreshToken),
    idToken: idToken && Redacted.value(idToken),
    sets: [...sets].map(([key, set]) => [key, encodeTokenSet(set)]),
  })

const version = 1

/** The inverse of `encodeLogin`; anything else is told from it and refused. */
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

/** A refresh token stands in the record once; so does an ID token, unless the set is one to present it. */
const withoutTheLogins = (set: TokenSet): TokenSet => {
  const { refreshToken: _refreshToken, idToken, ...rest } = set
  return idToken !== undefined && set.presented === "id_token" ? { ...rest, idToken } : rest
}
