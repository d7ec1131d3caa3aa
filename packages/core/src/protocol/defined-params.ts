import type { Params } from "./client-request.ts"

/** Parameters by name, without those that have no value. */
export const definedParams = (values: Readonly<Record<string, string | undefined>>): Params =>
  Object.entries(values).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
