import * as Effect from "effect/Effect"
import type { ReportOptions } from "../option/report.ts"
import type { Notice } from "../output/report.ts"

/** Prints a client's warnings to stderr as they come. */
export interface Warnings {
  readonly tell: (notice: Notice) => void
  /** Waits until all of them are written. */
  readonly said: Effect.Effect<void>
}

export const makeWarnings = (report: ReportOptions): Warnings => {
  const saying: Array<Promise<void>> = []
  const say = async (notice: Notice): Promise<void> => {
    const { warn } = await import("../output/report.ts")
    return Effect.runPromise(warn(notice, report))
  }
  return {
    tell: (notice) => {
      if (!report.quiet) saying.push(say(notice))
    },
    said: Effect.suspend(() => Effect.promise(() => Promise.all(saying))),
  }
}
