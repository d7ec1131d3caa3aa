import type * as Redacted from "effect/Redacted"
import { type CallbackRefused, callbackRefused } from "../errors/login-refusal.ts"
import type { Target } from "../model/target.ts"
import type { ResponseType } from "../protocol/authorization-request.ts"
import type { ResponseMode } from "../protocol/callback.ts"
import type { Client } from "../protocol/client.ts"

/**
 * What must be kept between sending a person to the issuer and the answer, where only this person's browser or program
 * reaches it; to be used once. Found by its `state`.
 */
export interface AuthorizationTransaction {
  /** A name that is no secret. */
  readonly id: string
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly responseType: ResponseType
  readonly responseMode: ResponseMode
  readonly target: Target
  readonly state: Redacted.Redacted<string>
  readonly nonce: Redacted.Redacted<string>
  /** RFC 7636 §4.1; of a code only. */
  readonly verifier?: Redacted.Redacted<string>
  /** The thumbprint of the key that the code is bound to (RFC 9449 §10). */
  readonly jkt?: string
  /** Seconds. */
  readonly maxAge?: number
  readonly acrValues: ReadonlyArray<string>
  /** Epoch milliseconds, like `expiresAt`. */
  readonly startedAt: number
  readonly expiresAt: number
}

/** What completes a transaction. */
export interface Completion {
  readonly client: Client
  /** What the flow was asked for; left out where nobody asks again. */
  readonly target?: Target | undefined
  readonly responseTypes: ReadonlyArray<ResponseType>
  /** Epoch milliseconds. */
  readonly now: number
}

/** Why a transaction may not be completed so, if it may not (RFC 9700 §4.4: another issuer's would be a mix-up). */
export const checkTransaction = (
  transaction: AuthorizationTransaction,
  { client, target, responseTypes, now }: Completion,
): CallbackRefused | undefined => {
  if (transaction.issuer !== client.issuer) return callbackRefused("transaction", "was begun at another issuer")
  if (transaction.clientId !== client.clientId) return callbackRefused("transaction", "was begun by another client")
  if (transaction.jkt !== undefined && transaction.jkt !== client.dpop?.thumbprint) {
    return callbackRefused("transaction", "was begun with another DPoP key")
  }
  if (!responseTypes.includes(transaction.responseType))
    return callbackRefused("transaction", "was begun by another flow")
  if (target !== undefined && JSON.stringify(target) !== JSON.stringify(transaction.target)) {
    return callbackRefused("transaction", "was begun for another target")
  }
  return now < transaction.expiresAt ? undefined : callbackRefused("expired", "has expired")
}
