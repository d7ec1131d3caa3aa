import * as Redacted from "effect/Redacted"
import { authorizationHeader, type Token } from "../model/token-set.ts"

/** A token and what is known of it. */
export interface Credential {
  readonly token: string
  readonly type: string
  /** The value for an `Authorization` header. */
  readonly authorization: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly scopes: ReadonlyArray<string>
}

/** A token as the Promise clients hand it out: no longer wrapped. */
export const toCredential = (token: Token): Credential => ({
  token: Redacted.value(token.value),
  type: token.type,
  authorization: authorizationHeader(token),
  expiresAt: token.expiresAt,
  scopes: token.scopes,
})
