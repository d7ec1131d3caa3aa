import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import { type Explanation, inBrackets, inSeconds, sentence, transient } from "./explanation.ts"

/** The store failed or did not answer; the tokens in it are untouched. */
export interface StoreUnavailable {
  readonly _tag: "StoreUnavailable"
  readonly operation: "get" | "put" | "remove" | "lock"
  /** The system's own code, such as `ENOSPC`. */
  readonly detail?: string
}

/** The lock was not acquired, or the work under it not finished, in time. */
export interface LockTimeout {
  readonly _tag: "LockTimeout"
  readonly waitingFor: "the lock" | "the work under it"
  readonly after: Duration.Duration
}

/** Why a store or a lock failed. */
export type StoreReason = StoreUnavailable | LockTimeout

export type StoreCode = "lock_timeout" | "store_unavailable"

/** Tokens could not be read or written; `reason` says why. */
export class StoreError extends /*#__PURE__*/ Data.TaggedError("StoreError")<{ readonly reason: StoreReason }> {
  get explanation(): Explanation<StoreCode> {
    return explainStore(this.reason)
  }
  override get message(): string {
    return sentence(this.explanation)
  }
}

export const explainStore = (reason: StoreReason): Explanation<StoreCode> => {
  switch (reason._tag) {
    case "StoreUnavailable":
      return transient(
        "store_unavailable",
        `The token store failed to ${reason.operation}${inBrackets(reason.detail)}.`,
        "Check that the store is there, allowed and not full; the tokens in it are untouched.",
      )
    case "LockTimeout":
      return transient(
        "lock_timeout",
        `A renewal gave up after waiting ${inSeconds(reason.after)} for ${reason.waitingFor}.`,
        "Try again; if it stays, look for a process that hangs while it renews.",
      )
  }
}
