import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { authorizationHeader } from "../call/authorization-header.ts"
import type { Token } from "../model/token-set.ts"
import { toBearerError } from "./bearer-error.ts"

/** A token and what is known about it; `console.log`, `JSON.stringify` and copies leave out the token. */
export interface Credential {
  readonly token: string
  readonly type: string
  /** The value for an `Authorization` header; throws `token_type_mismatch` for a token that is none for an API (`N_A`). */
  readonly authorization: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly scopes: ReadonlyArray<string>
}

/** Unwraps a token for the Promise clients. */
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
    return authorizationOf(this.#token)
  }
}

/** What `authorizationHeader` has; throws a `BearerError`. */
export const authorizationOf = (token: Token): string => {
  const header = authorizationHeader(token)
  if (Result.isFailure(header)) throw toBearerError(header.failure)
  return header.success
}
