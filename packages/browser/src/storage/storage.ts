import type { TokenStorage, Warning } from "@bearerkit/core"

/** Keeps the tokens and the login of a page. */
export interface BrowserStorage extends TokenStorage {
  /** Whether all tabs have one login; otherwise each tab has its own. */
  readonly shared: boolean
  /** What a developer should know about it. */
  readonly warnings: ReadonlyArray<Warning>
}
