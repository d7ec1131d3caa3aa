import type * as Effect from "effect/Effect"
import type { SessionError } from "../errors/session-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Cookies } from "./cookie.ts"
import type { SessionIndex } from "./session-index.ts"
import type { SessionRecord } from "./session-record.ts"
import type { SessionEntry } from "./session-entry.ts"
import type { UsedNames } from "./used-names.ts"

/** Where sessions are, between requests; which one a browser has is said by its cookies. */
export interface Sessions {
  /**
   * Keeps a new session under a new name, and gives the `Set-Cookie` lines that hand it to the browser; nothing where the
   * issuer has ended it meanwhile.
   */
  readonly begin: (
    record: SessionRecord,
    cookies: Cookies,
  ) => Effect.Effect<ReadonlyArray<string> | undefined, SessionError | StoreError>
  readonly open: (cookies: Cookies) => Effect.Effect<KeptSession | undefined, StoreError>
  /** Whether the browser sends something that looks like a session. */
  readonly isPresent: (cookies: Cookies) => boolean
  /** The `Set-Cookie` lines that take the session from the browser. */
  readonly forget: (cookies: Cookies) => ReadonlyArray<string>
  /** Logins and logout tokens that must not be taken twice. */
  readonly used: UsedNames
  /** Finds sessions without a browser; absent where only the browsers have them. */
  readonly index: SessionIndex | undefined
  /** Whether what is renewed when the answer is already on its way still reaches the next request. */
  readonly renewsAhead: boolean
}

/** A session of a request. */
export interface KeptSession {
  /** Names it in locks; tells nobody how to use it. */
  readonly key: string
  readonly record: SessionRecord
  /** Outlives the request, and is the same for all requests of the session in this process as long as it is in use. */
  readonly entry: SessionEntry
  /** At the end of the request: extends the session if it is time, and gives the `Set-Cookie` lines that it then needs. */
  readonly settle: Effect.Effect<ReadonlyArray<string>, SessionError | StoreError>
}
