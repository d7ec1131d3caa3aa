import * as Duration from "effect/Duration"

/** An option as milliseconds; nothing where it is no duration. */
export const millisOf = (input: Duration.Input): number | undefined => {
  try {
    return Duration.toMillis(input)
  } catch {
    return undefined
  }
}
