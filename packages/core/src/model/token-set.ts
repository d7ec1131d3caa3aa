import type * as Redacted from "effect/Redacted"

/** How a token is presented: `Bearer` (RFC 6750), `DPoP` (RFC 9449), or `N_A` when it is not an access token (RFC 8693 §2.2.1). */
export type TokenType = "Bearer" | "DPoP" | "N_A"

/** What a flow yields. Times are epoch milliseconds by the clock of this machine. */
export interface TokenSet {
  readonly accessToken: Redacted.Redacted<string>
  readonly tokenType: TokenType
  /** When the answer arrived. */
  readonly receivedAt: number
  /** When the presented token expires. */
  readonly expiresAt: number
  /** The granted scopes; those of the target if the answer names none (RFC 6749 §5.1). */
  readonly scopes: ReadonlyArray<string>
  readonly idToken?: Redacted.Redacted<string>
  readonly refreshToken?: Redacted.Redacted<string>
  readonly issuedTokenType?: string
  /** Which token goes into the `Authorization` header; with the legacy endpoints it is the ID token. */
  readonly presented: "access_token" | "id_token"
}

/** A token ready to be sent to an API. */
export interface Token {
  readonly value: Redacted.Redacted<string>
  readonly type: TokenType
  /** Epoch milliseconds. */
  readonly expiresAt: number
  readonly scopes: ReadonlyArray<string>
  /** The id of the login it belongs to, if any: new at every login, not a secret. */
  readonly login?: string | undefined
}

/** The token of a set to send to an API. An ID token goes as `Bearer`: the type is that of the access token. */
export const presentedToken = (set: TokenSet): Token => {
  const idToken = set.presented === "id_token" ? set.idToken : undefined
  return {
    value: idToken ?? set.accessToken,
    type: idToken ? "Bearer" : set.tokenType,
    expiresAt: set.expiresAt,
    scopes: set.scopes,
  }
}
