import type * as Effect from "effect/Effect"
import type { SessionError } from "../errors/session-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Cookies } from "./cookie.ts"
import type { SessionIndex } from "./session-index.ts"
import type { SessionRecord } from "./session-record.ts"
import type { SessionEntry } from "./session-entry.ts"
import type { UsedNames } from "./used-names.ts"

/** Keeps sessions between requests; a browser's cookies identify its own. */
export interface Sessions {
  /**
   * Stores a new session under a new name, and returns the `Set-Cookie` lines for the browser; `undefined` if the
   * issuer has ended it meanwhile.
   */
  readonly begin: (
    record: SessionRecord,
    cookies: Cookies,
  ) => Effect.Effect<ReadonlyArray<string> | undefined, SessionError | StoreError>
  readonly open: (cookies: Cookies) => Effect.Effect<KeptSession | undefined, StoreError>
  /** Whether the cookies contain something that looks like a session. */
  readonly isPresent: (cookies: Cookies) => boolean
  /** The `Set-Cookie` lines that remove the session from the browser. */
  readonly forget: (cookies: Cookies) => ReadonlyArray<string>
  /** Logins and logout tokens that must not be accepted twice. */
  readonly used: UsedNames
  /** Finds sessions without a browser; absent if only the browsers have them. */
  readonly index: SessionIndex | undefined
  /** Whether tokens renewed after the response still reach the next request. */
  readonly renewsAhead: boolean
}

/** A session of a request. */
export interface KeptSession {
  /** Identifies it in locks; useless for impersonation. */
  readonly key: string
  readonly record: SessionRecord
  /** Outlives the request; shared by all requests of the session in this process while it is in use. */
  readonly entry: SessionEntry
  /** At the end of the request: extends the session if it is due, and returns the `Set-Cookie` lines. */
  readonly settle: Effect.Effect<ReadonlyArray<string>, SessionError | StoreError>
}
