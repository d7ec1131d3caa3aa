import type * as Redacted from "effect/Redacted"
import { type CallbackRefused, callbackRefused } from "../errors/login-refusal.ts"
import type { Target } from "../model/target.ts"
import type { ResponseType } from "../protocol/authorization-request.ts"
import type { ResponseMode } from "../protocol/callback.ts"
import type { Client } from "../protocol/client.ts"

/**
 * The state of a login between sending a person to the issuer and the response. Keep it where only this person's
 * browser or program can reach it, look it up by its `state`, and use it once.
 */
export interface AuthorizationTransaction {
  /** An identifier; not a secret. */
  readonly id: string
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly responseType: ResponseType
  readonly responseMode: ResponseMode
  readonly target: Target
  readonly state: Redacted.Redacted<string>
  readonly nonce: Redacted.Redacted<string>
  /** RFC 7636 §4.1; only for a code. */
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

/** A transaction and what it is completed with. */
export interface Completion {
  readonly client: Client
  /** The target of the flow; absent if it was not run as one. */
  readonly target?: Target | undefined
  readonly responseTypes: ReadonlyArray<ResponseType>
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * Why a transaction must not be completed like this; `undefined` if it may (RFC 9700 §4.4: another issuer's would be a
 * mix-up).
 */
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
