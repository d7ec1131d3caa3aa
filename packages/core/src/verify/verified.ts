import type * as Result from "effect/Result"
import type { VerifyError } from "../errors/verify-error.ts"
import type { JwsHeader } from "../jws/compact.ts"
import type { FindKey } from "../jws/key-set.ts"
import type { CheckSignature } from "../jws/signature-key.ts"
import type { Principal } from "../model/principal.ts"

/** What a token turned out to be. */
export type Verified = Result.Result<Principal, VerifyError>

/** @param now epoch milliseconds */
export type VerifyAt = (token: string, now: number) => Verified | Promise<Verified>

/** The answer for a token that is right in everything. */
export type Accept = (principal: Principal, header: JwsHeader, check: CheckSignature) => Verified

/** What a verifier does with a memory. */
export interface Remembering {
  readonly verifyAt: VerifyAt
  /** What is remembered of a token whose key is at hand; `now` is in epoch milliseconds. */
  readonly recall: (token: string, now: number) => Verified | undefined
}

/** What a verifier does without a memory. */
export interface Verification {
  readonly verifyNew: (token: string, now: number, accept: Accept) => Verified | Promise<Verified>
  readonly findKey: FindKey
}
