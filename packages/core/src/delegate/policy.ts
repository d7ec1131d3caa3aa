import type { Target } from "../model/target.ts"

/** Where this program may act on behalf of others. */
export interface DelegationPolicy {
  /**
   * The audiences and resources at which this program may act on behalf of others; an empty list allows none. @default
   * all
   */
  readonly allowedTargets?: ReadonlyArray<string> | undefined
}

/** The audiences and resources of a target that the policy does not allow; `undefined` if it allows the target. */
export const refusedTargets = (
  { allowedTargets }: DelegationPolicy,
  { audiences, resources }: Target,
): ReadonlyArray<string> | undefined => {
  if (allowedTargets === undefined) return undefined
  const wanted = [...audiences, ...resources]
  const refused = wanted.filter((each) => !allowedTargets.includes(each))
  return wanted.length === 0 || refused.length > 0 ? refused : undefined
}
