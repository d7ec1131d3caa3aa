import type * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { StoreError } from "../errors/store-error.ts"
import type { Target } from "../model/target.ts"
import { presentedToken, type Token, type TokenSet } from "../model/token-set.ts"
import * as Redacted from "effect/Redacted"

/** A token set, and of which login it is where it is of one. */
export interface Obtained extends TokenSet {
  readonly login?: string | undefined
}

/** Where a provider's token sets come from when it has none at hand: kept and fresh, else new. */
export interface TokenSource {
  /** @param refused a token that is not good any more, whatever its times say */
  readonly obtain: (target: Target, refused: Token | undefined) => Effect.Effect<Obtained, AcquireError | StoreError>
}

/** Whether a token set presents this very token. */
export const presents = (set: TokenSet, token: Token | undefined): boolean =>
  token !== undefined && Redacted.value(presentedToken(set).value) === Redacted.value(token.value)
