import * as Effect from "effect/Effect"
import type { ReportOptions } from "../option/report.ts"

/** Says what is waited for on the terminal, once it takes more than half a second; gone when it is there. */
export const withProgress =
  (text: string, { json, quiet }: Pick<ReportOptions, "json" | "quiet">) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const { stderr } = process
    if (json || quiet || !stderr.isTTY) return work
    const timing = (): (() => void) => {
      const begun = Date.now()
      let shown = false
      const show = (): void => {
        shown = true
        stderr.write(`\r\u{1b}[K${text} … ${Math.round((Date.now() - begun) / 1000)} s`)
      }
      const first = setTimeout(show, 500)
      const later = setInterval(show, 1000)
      return () => {
        clearTimeout(first)
        clearInterval(later)
        if (shown) stderr.write("\r\u{1b}[K")
      }
    }
    return Effect.acquireUseRelease(
      Effect.sync(timing),
      () => work,
      (stop) => Effect.sync(stop),
    )
  }
