import * as Data from "effect/Data"
import { type AcquireCode, type AcquireReason, explainAcquire } from "./acquire-error.ts"
import { type Explanation, permanent, sentence } from "./explanation.ts"

/** This program may not act on anybody's behalf at this target. */
export interface DelegationNotAllowed {
  readonly _tag: "DelegationNotAllowed"
  readonly targets: ReadonlyArray<string>
}

/** Why a token could not be traded. */
export type DelegateReason = AcquireReason | DelegationNotAllowed

export type DelegateCode = AcquireCode | "delegation_not_allowed"

/** A token could not be exchanged for one of the target; `reason` says why. */
export class DelegateError
  extends /*#__PURE__*/ Data.TaggedError("DelegateError")<{
    readonly reason: DelegateReason
  }>
{
  get explanation(): Explanation<DelegateCode> {
    return explainDelegate(this.reason)
  }
  override get message(): string {
    return sentence(this.explanation)
  }
}

const explainDelegate = (reason: DelegateReason): Explanation<DelegateCode> => {
  if (reason._tag !== "DelegationNotAllowed") return explainAcquire(reason)
  return permanent(
    "delegation_not_allowed",
    `This program may not act on anybody's behalf at ${reason.targets.join(", ") || "the default target"}.`,
    "Add the target to the list of those allowed, or call it with the program's own token.",
  )
}
