import * as Effect from "effect/Effect"
import type { ReportOptions } from "../option/report.ts"

/** Shows on the terminal what is waited for, after half a second; removes it at the end. */
export const withProgress =
  (text: string, { json, quiet }: Pick<ReportOptions, "json" | "quiet">) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> => {
    const { stderr } = process
    if (json || quiet || !stderr.isTTY) return work
    return Effect.raceFirst(
      work,
      progress(text, (line) => void stderr.write(line)),
    )
  }

/** Rewrites a line each second while it runs. */
export const progress = (text: string, write: (line: string) => void): Effect.Effect<never> =>
  Effect.andThen(
    Effect.sleep("500 millis"),
    Effect.ensuring(
      Effect.gen(function* () {
        for (let seconds = 1; ; seconds++) {
          write(`${emptyLine}${text} … ${seconds} s`)
          yield* Effect.sleep("1 second")
        }
      }),
      Effect.sync(() => write(emptyLine)),
    ),
  )

const emptyLine = "\r\u{1b}[K"
