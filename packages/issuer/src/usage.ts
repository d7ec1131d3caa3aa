import { fingerprint } from "./audit.ts"

/** One use of a refresh token, without the token. */
export interface RefreshEntry {
  /** ISO 8601. */
  readonly at: string
  readonly client: string
  /** The beginning of the token's SHA-256: equal entries are one token sent again. */
  readonly token: string
  /** `refresh_token`, or `delegation` for the old endpoint. */
  readonly grant: string
  /** `ok`, or the error that was answered. */
  readonly outcome: string
  /** The beginning of the SHA-256 of the refresh token that was issued in its place; absent where it did not rotate. */
  readonly successor?: string
}

/** Counts of token requests, whatever the answer. */
export interface Usage {
  readonly refreshes: ReadonlyArray<RefreshEntry>
  readonly addGrant: (grantType: string) => void
  readonly countGrants: (grantType: string) => number
  readonly addRefresh: (use: RefreshUse) => void
}

interface RefreshUse extends Omit<RefreshEntry, "at"> {
  /** The token itself, and so is the successor. */
  readonly token: string
}

const MAX_ENTRIES = 100_000

/** Counts token requests, so that a test can see that none was sent twice. */
export const makeUsage = (): Usage => {
  const refreshes: Array<RefreshEntry> = []
  const counts = new Map<string, number>()
  return {
    refreshes,
    addGrant: (grantType) => void counts.set(grantType, (counts.get(grantType) ?? 0) + 1),
    countGrants: (grantType) => counts.get(grantType) ?? 0,
    addRefresh: ({ token, successor, ...use }) => {
      const next = successor === undefined || successor === token ? {} : { successor: fingerprint(successor) }
      refreshes.push({ at: new Date().toISOString(), ...use, token: fingerprint(token), ...next })
      if (refreshes.length > MAX_ENTRIES) refreshes.shift()
    },
  }
}
