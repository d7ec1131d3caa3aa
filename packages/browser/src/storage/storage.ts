import type { TokenStorage, Warning } from "@bearerkit/core"

/** Where a page keeps its tokens. */
export interface BrowserStorage extends TokenStorage {
  /** Whether the tabs of this browser keep one login together; otherwise each has its own. */
  readonly shared: boolean
  readonly warnings: ReadonlyArray<Warning>
}
