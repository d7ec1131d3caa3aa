import type * as Result from "effect/Result"
import type { VerifyError } from "../errors/verify-error.ts"
import type { JwsHeader } from "../jws/compact.ts"
import type { FindKey } from "../jws/key-set.ts"
import type { CheckSignature } from "../jws/signature-key.ts"
import type { Principal } from "../model/principal.ts"

/** The outcome of a verification. */
export type Verified = Result.Result<Principal, VerifyError>

/** @param now epoch milliseconds */
export type VerifyAt = (token: string, now: number) => Verified | Promise<Verified>

/** Makes the answer for a valid token. */
export type Accept = (principal: Principal, header: JwsHeader, check: CheckSignature) => Verified

/** A verification with a cache. */
export interface Remembering {
  readonly verifyAt: VerifyAt
  /** The cached answer for a token whose key is still current; `now` is in epoch milliseconds. */
  readonly recall: (token: string, now: number) => Verified | undefined
}

/** A verification without a cache. */
export interface Verification {
  readonly verifyNew: (token: string, now: number, accept: Accept) => Verified | Promise<Verified>
  readonly findKey: FindKey
}
