import * as Redacted from "effect/Redacted"
import { authorizationHeader, type Token } from "../model/token-set.ts"

/** A token and what is known of it; `console.log`, `JSON.stringify` and copies show it without the token. */
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
export const toCredential = (token: Token): Credential => new Presented(token)

class Presented implements Credential {
  readonly #token: Token
  readonly type: string
  readonly expiresAt: number
  readonly scopes: ReadonlyArray<string>

  constructor(token: Token) {
    this.#token = token
    this.type = token.type
    this.expiresAt = token.expiresAt
    this.scopes = token.scopes
  }

  get token(): string {
    return Redacted.value(this.#token.value)
  }

  get authorization(): string {
    return authorizationHeader(this.#token)
  }
}
