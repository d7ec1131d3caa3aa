import { inspect } from "node:util"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Logger from "effect/Logger"
import * as Tracer from "effect/Tracer"
import type { Journal } from "./journal.ts"

/** Notes what every Effect program in this process publishes by default: its spans, its log lines, its failures. */
export const watchEffects = (journal: Journal, place: () => string, outward: Outward): void => {
  watchSpans(journal, place)
  watchLogs(journal, place)
  watchFailures(journal, place, outward)
}

/** What the Promise clients throw for an error of a program, if they would. */
export type Outward = (error: Error) => Error | undefined

const watchSpans = (journal: Journal, place: () => string): void => {
  const tracer = Tracer.nativeTracer as { span: Tracer.Tracer["span"] }
  const { span: make } = tracer
  tracer.span = (options) => {
    const span = make.call(Tracer.nativeTracer, options)
    const end = span.end.bind(span)
    span.end = (time, exit) => {
      journal.published(`span ${span.name}, ${place()}`, shown([span.name, [...span.attributes], exit]))
      end(time, exit)
    }
    return span
  }
}

const watchLogs = (journal: Journal, place: () => string): void => {
  const logger = Logger.defaultLogger as { log: Logger.Logger<unknown, void>["log"] }
  const { log } = logger
  logger.log = (options) => {
    journal.published(`log line, ${place()}`, `${shown(options.message)} ${shown(options.cause)}`)
    log.call(Logger.defaultLogger, options)
  }
}

/** Every failure of a program runs through the one method of a failed exit. */
const watchFailures = (journal: Journal, place: () => string, outward: Outward): void => {
  const failed = Object.getPrototypeOf(Exit.fail("")) as Record<string, (this: unknown, fiber: unknown) => unknown>
  const method = Object.keys(failed).find((name) => name.endsWith("/evaluate"))
  const evaluate = method === undefined ? undefined : failed[method]
  if (method === undefined || evaluate === undefined) throw new Error("a failed exit of Effect has no evaluate")
  const seen = new WeakSet<object>()
  failed[method] = function (fiber) {
    for (const reason of (this as Exit.Failure<unknown, unknown>).cause.reasons) {
      const error = Cause.isFailReason(reason) ? reason.error : undefined
      if (!(error instanceof Error) || seen.has(error)) continue
      seen.add(error)
      for (const each of [error, outward(error)]) if (each !== undefined) noteError(journal, each, place())
    }
    return evaluate.call(this, fiber)
  }
}

/** An error in all the forms in which it may be printed. */
export const noteError = (journal: Journal, error: Error, place: string): void => {
  const json = written(error)
  const where = `error ${error.name}, ${place}`
  journal.published(where, json)
  journal.published(where, `${String(error)} ${error.stack ?? ""}`)
  journal.published(where, shown(error))
}

const written = (error: Error): string => {
  try {
    return JSON.stringify(error) ?? ""
  } catch {
    return ""
  }
}

const shown = (value: unknown): string => inspect(value, { depth: 9, maxStringLength: 1 << 14 })

/** The observer of the core, as far as this needs to know it. */
interface TelemetryReference {
  defaultValue: () => {
    readonly span: <A, E, R>(
      work: Effect.Effect<A, E, R>,
      span: { readonly name: string; readonly attributes: object; readonly outcome?: (value: A) => object },
    ) => Effect.Effect<A, E, R>
    readonly count: (counter: string, attributes: object) => void
    readonly warn: (message: string) => Effect.Effect<void>
  }
}

/** Notes what the core tells of itself wherever a test hands in no observer. */
export const watchTelemetry = (telemetry: TelemetryReference, journal: Journal, place: () => string): void => {
  const { warn } = telemetry.defaultValue()
  telemetry.defaultValue = () => ({
    warn: (message) => {
      journal.published(`warning, ${place()}`, message)
      return warn(message)
    },
    count: (counter, attributes) => journal.published(`counter ${counter}, ${place()}`, shown(attributes)),
    span: (work, { name, attributes, outcome }) =>
      Effect.onExit(work, (exit) =>
        Effect.sync(() => {
          const known = Exit.isSuccess(exit) ? outcome?.(exit.value) : undefined
          journal.published(`span ${name}, ${place()}`, shown({ ...attributes, ...known }))
        }),
      ),
  })
}
