import { checkClient, checkTargets, invalidOptions, toBearerError } from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { ClientOptions } from "./client-options.ts"

/** Throws a `BearerError` for what would fail with each call, where the program says it. */
export const checkOptions = (options: ClientOptions): void => {
  checkClient(options)
  checkTargets(options)
  for (const field of ["timeout", "apiTimeout"] as const) {
    if (options[field] === undefined || isPositive(options[field])) continue
    throw toBearerError(invalidOptions(field, "must be above 0: milliseconds, or such as 5 seconds"))
  }
}

const isPositive = (input: Duration.Input): boolean =>
  Option.exists(Duration.fromInput(input), (duration) => Duration.toMillis(duration) > 0)
