import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Claims } from "../model/claims.ts"
import type { JsonObject } from "../model/json.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { CallbackAnswer } from "../protocol/callback.ts"
import { parseTokenResponse } from "../protocol/token-response.ts"
import type { Warning } from "./flow.ts"

export interface FrontChannelContext {
  /** The claims of the ID token, if one came. */
  readonly claims: Claims | undefined
  readonly presented: TokenSet["presented"]
  /** The issuer, for messages. */
  readonly issuer: string
  readonly scopes: ReadonlyArray<string>
  /** Epoch milliseconds. */
  readonly now: number
}

/**
 * Makes a token set of tokens that came through the browser. Without an access token the ID token takes its place, and
 * `issuedTokenType` says so. An ID token expires at its `exp`, but no later than its lifetime (`exp` minus `iat`) from
 * now, since this machine's clock may be wrong.
 *
 * @see RFC 6749 §4.2.2, OpenID Connect Core §3.2.2.5
 */
export const frontChannelTokens = (
  answer: CallbackAnswer,
  context: FrontChannelContext,
): Effect.Effect<TokenSet, AcquireError> => {
  const { presented, issuer, scopes, now } = context
  const parsed = parseTokenResponse(asResponse(answer), { url: issuer, receivedAt: now, scopes })
  return Effect.map(parsed, (set) => ({
    ...set,
    presented,
    ...(presented === "id_token" && { expiresAt: endOf(context) }),
  }))
}

const asResponse = ({ accessToken, idToken, refreshToken, ...rest }: CallbackAnswer): JsonObject => ({
  access_token: textOf(accessToken ?? idToken),
  token_type: accessToken === undefined ? "Bearer" : rest.tokenType,
  expires_in: rest.expiresIn,
  scope: rest.scope,
  id_token: textOf(idToken),
  refresh_token: textOf(refreshToken),
  issued_token_type: accessToken === undefined ? idTokenType : undefined,
})

/** RFC 8693 §3 */
const idTokenType = "urn:ietf:params:oauth:token-type:id_token"

const textOf = (token: Redacted.Redacted<string> | undefined): string | undefined => token && Redacted.value(token)

const endOf = ({ claims, now }: FrontChannelContext): number => {
  const exp = claims?.exp ?? 0
  const end = Math.min(exp * 1000, now + (exp - (claims?.iat ?? 0)) * 1000)
  return Math.floor(Math.min(end, Number.MAX_SAFE_INTEGER))
}

export const tokenInFragment: Warning = {
  name: "token-in-fragment",
  message:
    "A token in the address can be read from the history and by scripts (RFC 9700 §2.1.2): use a code with PKCE, and remove the hash from the address before anything else runs.",
}

export const idTokenAsBearer: Warning = {
  name: "id-token-as-bearer",
  message:
    "An ID token says who signed in; sent to an API it is worth as much as it is to this client. Ask for an access token.",
}
