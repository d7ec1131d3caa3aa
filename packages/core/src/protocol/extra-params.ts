import * as Effect from "effect/Effect"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { printable } from "../model/printable.ts"
import type { Params } from "./client-request.ts"

/** Non-standard parameters for a server. */
export type ExtraParams = Readonly<Record<string, string>>

/** Validates extra parameters and sorts them by name; fails for one that BearerKit sets itself. */
export const extraParams = (
  extra: ExtraParams | undefined,
  reserved: ReadonlyArray<string> = [],
): Effect.Effect<Params, AcquireError> => {
  const params = sortedParams(extra)
  const taken = params.find(([name]) => alwaysReserved.has(name) || reserved.includes(name))
  if (taken !== undefined) {
    return Effect.fail(invalidOptions("extra", `must not set ${printable(taken[0], 60)}: there is an option for it`))
  }
  if (params.some(([name, value]) => name === "" || typeof value !== "string")) {
    return Effect.fail(invalidOptions("extra", "must map names to text"))
  }
  if (params.length > maxExtra) return Effect.fail(invalidOptions("extra", `has more than ${maxExtra} values`))
  return Effect.succeed(params)
}

/** Extra parameters in a stable order, for requests and cache keys. */
export const sortedParams = (extra: ExtraParams = {}): Params =>
  Object.entries(extra).sort(([one], [other]) => (one < other ? -1 : 1))

const maxExtra = 20

/** Set by every request: the grant, the client and the target. */
const alwaysReserved: ReadonlySet<string> = /*#__PURE__*/ new Set([
  "audience",
  "client_assertion",
  "client_assertion_type",
  "client_id",
  "client_secret",
  "grant_type",
  "organization",
  "resource",
  "scope",
])
