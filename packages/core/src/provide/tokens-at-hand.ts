import type { Target } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"
import { targetOf } from "./target-key.ts"
import type { TokenProvider } from "./token-provider.ts"

/** What is known about a cached token, without the token. */
export interface TokenAtHand extends Omit<Token, "value"> {
  readonly target: Target
  /** Milliseconds until it is no longer handed out; 0 or less if it is not. */
  readonly left: number
}

/** Describes a provider's tokens, for diagnostics. */
export const tokensAtHand = ({ held }: Pick<TokenProvider["Service"], "held">): ReadonlyArray<TokenAtHand> =>
  Array.from(held(), ([key, { token, hard, now }]) => {
    const { type, expiresAt, scopes, login } = token
    return { target: targetOf(key), type, expiresAt, scopes, login, left: hard - now() }
  })
