import * as Duration from "effect/Duration"

/** A duration option in milliseconds; `undefined` if it is not a valid duration. */
export const millisOf = (input: Duration.Input): number | undefined => {
  try {
    return Duration.toMillis(input)
  } catch {
    return undefined
  }
}
