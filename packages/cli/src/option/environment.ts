/** The variable for an option: `--client-id` is `BEARERKIT_CLIENT_ID`. */
export const variableOf = (option: string): string => `BEARERKIT_${option.toUpperCase().replaceAll("-", "_")}`

/** What the environment says for an option; an empty variable counts as none. */
export const fromEnvironment = (option: string): string | undefined => {
  const value = process.env[variableOf(option)]
  return value === "" ? undefined : value
}
