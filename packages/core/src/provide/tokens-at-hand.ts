import type { Target } from "../model/target.ts"
import type { Token } from "../model/token-set.ts"
import { targetOf } from "./target-key.ts"
import type { TokenProvider } from "./token-provider.ts"

/** What is known of a token that a provider has at hand; not the token. */
export interface TokenAtHand extends Omit<Token, "value"> {
  readonly target: Target
  /** Milliseconds until it is not handed out any more; 0 or less when it is not. */
  readonly left: number
}

/** What is known of a provider's tokens, for people who look at a program. */
export const tokensAtHand = ({ held }: Pick<TokenProvider["Service"], "held">): ReadonlyArray<TokenAtHand> =>
  Array.from(held(), ([key, { token, hard, now }]) => {
    const { type, expiresAt, scopes, login } = token
    return { target: targetOf(key), type, expiresAt, scopes, login, left: hard - now() }
  })
