import * as Redacted from "effect/Redacted"
import type * as Result from "effect/Result"
import type { Invalid } from "./invalid.ts"
import type { TokenSet } from "./token-set.ts"
import { oneOf, versionedDecoder, secret, text, texts, wholeNumber } from "./versioned-json.ts"

/** Encodes a token set for a store. The text is a secret. */
export const encodeTokenSet = (set: TokenSet): string =>
  JSON.stringify({
    version,
    accessToken: Redacted.value(set.accessToken),
    tokenType: set.tokenType,
    receivedAt: set.receivedAt,
    expiresAt: set.expiresAt,
    scopes: set.scopes,
    presented: set.presented,
    idToken: set.idToken && Redacted.value(set.idToken),
    refreshToken: set.refreshToken && Redacted.value(set.refreshToken),
    issuedTokenType: set.issuedTokenType,
  })

const version = 1

/** The inverse of `encodeTokenSet`; fails for any other text, including another version. */
export const decodeTokenSet: (text: string) => Result.Result<TokenSet, Invalid> = /*#__PURE__*/ versionedDecoder({
  version,
  members: {
    accessToken: secret,
    tokenType: /*#__PURE__*/ oneOf("Bearer", "DPoP", "N_A"),
    receivedAt: wholeNumber,
    expiresAt: wholeNumber,
    scopes: texts,
    presented: /*#__PURE__*/ oneOf("access_token", "id_token"),
  },
  optional: { idToken: secret, refreshToken: secret, issuedTokenType: text },
})
