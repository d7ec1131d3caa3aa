import type { MeasureOptions, Samples } from "../measure.ts"

/** What the page is told before it loads. */
export interface PageConfig {
  readonly issuer: string
  readonly clientId: string
  readonly audience: string
}

/** What the page offers once it is ready. */
export interface PageWindow {
  readonly config: PageConfig
  /** Signs the person in with one of the two; the page is left. */
  signIn: Readonly<Record<"ours" | "peer", () => Promise<void>>>
  bench: (options: MeasureOptions) => Promise<Samples>
}
