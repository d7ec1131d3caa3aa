import type { Params } from "./client-request.ts"

/** Parameters by their names; what has no value is left out. */
export const definedParams = (values: Readonly<Record<string, string | undefined>>): Params =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
