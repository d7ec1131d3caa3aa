/** The variable for an option: `--client-id` is `BEARERKIT_CLIENT_ID`. */
export const variableOf = (option: string): string => `BEARERKIT_${option.toUpperCase().replaceAll("-", "_")}`

/** The value of an option in the environment; an empty variable counts as unset. */
export const fromEnvironment = (option: string): string | undefined => {
  const value = process.env[variableOf(option)]
  return value === "" ? undefined : value
}
