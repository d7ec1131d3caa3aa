import { checkClient, invalidOptions, parseTarget, type TargetInput, toBearerError } from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { ClientOptions } from "./client-options.ts"

/** Throws a `BearerError` for what would fail with each call, where the program says it. */
export const checkOptions = (options: ClientOptions): void => {
  checkClient(options)
  if (options.target !== undefined) checkTarget("target", options.target)
  for (const [origin, target] of Object.entries(options.apis ?? {})) checkTarget(`apis["${origin}"]`, target)
  for (const field of ["timeout", "apiTimeout"] as const) {
    if (options[field] === undefined || isPositive(options[field])) continue
    throw toBearerError(invalidOptions(field, "must be above 0: milliseconds, or such as 5 seconds"))
  }
}

const checkTarget = (option: string, target: TargetInput): void => {
  const parsed = parseTarget(target)
  if (Result.isSuccess(parsed)) return
  const { field, problem } = parsed.failure
  throw toBearerError(invalidOptions(field === "target" ? option : `${option}.${field}`, problem))
}

const isPositive = (input: Duration.Input): boolean =>
  Option.exists(Duration.fromInput(input), (duration) => Duration.toMillis(duration) > 0)
