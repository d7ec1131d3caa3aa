import type * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Target } from "../model/target.ts"
import { presentedToken, type Token, type TokenSet } from "../model/token-set.ts"
import * as Redacted from "effect/Redacted"

/** A token set, and the login it belongs to, if any. */
export interface Obtained extends TokenSet {
  readonly login?: string | undefined
}

/** The source of a provider's token sets if it has none cached: stored and fresh, else new. */
export interface TokenSource {
  /** @param refused a token that is no longer valid, whatever its expiry */
  readonly obtain: (target: Target, refused: Token | undefined) => Effect.Effect<Obtained, AcquireError | StoreError>
}

/** Whether this is the token that a token set presents. */
export const presents = (set: TokenSet, token: Token | undefined): boolean =>
  token !== undefined && Redacted.value(presentedToken(set).value) === Redacted.value(token.value)
