import type { Target } from "../model/target.ts"

/** At which audiences or resources this program may act on somebody's behalf; without a list at all of them. */
export interface DelegationPolicy {
  /** An empty list allows none. @default every target */
  readonly allowedTargets?: ReadonlyArray<string> | undefined
}

/** What of a target the policy does not allow; nothing when it may be asked for. */
export const refusedTargets = (
  { allowedTargets }: DelegationPolicy,
  { audiences, resources }: Target,
): ReadonlyArray<string> | undefined => {
  if (allowedTargets === undefined) return undefined
  const wanted = [...audiences, ...resources]
  const refused = wanted.filter((each) => !allowedTargets.includes(each))
  return wanted.length === 0 || refused.length > 0 ? refused : undefined
}
