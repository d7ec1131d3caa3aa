import type { World } from "../world/world.ts"

/** What a step has to tell: data for `--json`, and one line for people. */
export interface Told {
  readonly line: string
  readonly detail: Readonly<Record<string, unknown>>
}

/** A step that could not be taken here: why, and how to get what it needs. */
export interface Skipped {
  readonly skipped: string
}

/** One stop of the tour. It throws when something does not hold. */
export interface Step {
  /** `group/name`, the same as its file. */
  readonly name: string
  /** Begins what takes long to start; called before the first step, if at all. */
  readonly prepare?: (world: World) => void
  readonly take: (world: World, signal: AbortSignal) => Promise<Skipped | Told>
}

/** What came of one step. */
export type Outcome =
  | { readonly step: string; readonly ok: true; readonly ms: number; readonly told: Told }
  | { readonly step: string; readonly ok: false; readonly ms: number; readonly error: Error }
  | { readonly step: string; readonly skipped: string }
