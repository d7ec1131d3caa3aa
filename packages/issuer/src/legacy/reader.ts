import type { Parameters } from "../http/body.ts"
import { invalidRequest } from "./legacy-error.ts"

/** Reads parameters with the errors of the legacy endpoints; an empty one counts as missing. */
export interface Reader {
  readonly optional: (name: string) => string
  readonly required: (name: string) => string
}

export const makeReader = (parameters: Parameters): Reader => {
  const optional = (name: string): string => {
    if (!parameters.has(name)) return ""
    return parameters.get(name) ?? fail(`${name} parameter must be a string`)
  }
  return { optional, required: (name) => optional(name) || fail(`missing ${name} parameter`) }
}

const fail = (description: string): never => {
  throw invalidRequest(description)
}
