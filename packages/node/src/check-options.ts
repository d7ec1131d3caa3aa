import { checkClient, checkTargets, invalidOptions, toBearerError } from "@bearerkit/core"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import type { ClientOptions } from "./client-options.ts"

/** Throws a `BearerError` for what would fail with each call, where the program says it. */
export const checkOptions = (options: ClientOptions): void => {
  checkClient(options)
  checkTargets(options)
  for (const [field, member, fix] of made) {
    const value: unknown = options[field]
    if (value === undefined || member in Object(value)) continue
    throw toBearerError(invalidOptions(field, "is not what it has to be", fix))
  }
  for (const field of ["timeout", "apiTimeout"] as const) {
    if (options[field] === undefined || isPositive(options[field])) continue
    throw toBearerError(invalidOptions(field, "must be above 0: milliseconds, or such as 5 seconds"))
  }
}

/** Each with what it has if it was made as it should be: without types a call or an `await` is soon forgotten. */
const made = [
  ["flow", "grant", "Call what makes the flow, such as clientCredentials()."],
  ["storage", "services", "Call what makes the storage, such as fileStorage()."],
  ["dpop", "proof", "Await the key: await generateDpopKey()."],
] as const

const isPositive = (input: Duration.Input): boolean =>
  Option.exists(Duration.fromInput(input), (duration) => Duration.toMillis(duration) > 0)
