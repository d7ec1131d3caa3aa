import * as Result from "effect/Result"
import type { Invalid } from "../model/invalid.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"

/** Targets as keys: equal targets have equal keys, however they are written. */
export interface TargetKeys {
  readonly keyOf: (input: TargetInput) => Result.Result<string, Invalid>
}

/** Caches the keys of targets, because computing a key costs more than looking it up. */
export const makeTargetKeys = (capacity: number): TargetKeys => {
  const known = new Map<string, Result.Result<string, Invalid>>()
  /** The target of the previous call, which is usually that of this one: its text, as an object may be mutated. */
  let last: TargetInput = {}
  let lastKey: Result.Result<string, Invalid> | undefined

  const keyOf = (input: TargetInput): Result.Result<string, Invalid> => {
    const spelling = spellingOf(input)
    const hit = known.get(spelling)
    if (hit !== undefined) return hit
    const key = Result.map(parseTarget(input), (target) => JSON.stringify(target))
    if (Result.isFailure(key)) return key
    if (known.size >= capacity) known.clear()
    known.set(spelling, key)
    return key
  }

  return {
    keyOf: (input) => {
      if (typeof input !== "object" || input === null) return Result.map(parseTarget(input), () => "")
      const { audience, resource, scope, organization } = input
      const isLast =
        audience === last.audience &&
        resource === last.resource &&
        scope === last.scope &&
        organization === last.organization
      if (isLast && lastKey !== undefined) return lastKey
      const key = keyOf(input)
      // lists may be mutated
      if ([audience, resource, scope].every((value) => typeof value !== "object")) {
        last = { audience, resource, scope, organization }
        lastKey = key
      }
      return key
    },
  }
}

/** A key is the validated target as JSON. */
export const targetOf = (key: string): Target => JSON.parse(key) as Target

/** Unambiguous for valid input: no valid value contains the line break that separates the members. */
const spellingOf = ({ audience, resource, scope, organization }: TargetInput): string =>
  `${text(audience)}\n${text(resource)}\n${text(scope)}\n${text(organization)}`

const text = (value: string | ReadonlyArray<string> | undefined): string => {
  if (typeof value === "string") return `=${value}`
  if (value === undefined) return ""
  // what is no text is refused, and so never known
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? JSON.stringify(value) : "!"
}
