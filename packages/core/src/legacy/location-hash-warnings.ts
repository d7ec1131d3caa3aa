import type { Warning } from "../acquire/flow.ts"
import { idTokenAsBearer, tokenInFragment } from "../acquire/front-channel.ts"
import type { TokenSet } from "../model/token-set.ts"

/** The warnings about tokens that came in a hash. */
export const hashWarnings = (
  login: { readonly _tag: string; readonly tokens: TokenSet },
  pending: { readonly nonce?: string } | undefined,
): ReadonlyArray<Warning> => {
  const { presented, refreshToken, expiresAt, receivedAt } = login.tokens
  const withIdentity = presented === "id_token"
  return [
    tokenInFragment,
    ...(login._tag === "Unverified" ? [unverifiedHs256] : []),
    ...(withIdentity ? [idTokenAsBearer] : []),
    ...(pending === undefined || (withIdentity && pending.nonce === undefined) ? [missingStateOrNonce] : []),
    ...(refreshToken === undefined ? [] : [refreshTokenInFragment]),
    ...(expiresAt - receivedAt > hour ? [longLivedBearer] : []),
  ]
}

const hour = 3_600_000

const unverifiedHs256: Warning = {
  name: "unverified-hs256",
  message:
    "The ID token is signed with a secret that is not here, so nobody is signed in by it: have its API verify it.",
}

const missingStateOrNonce: Warning = {
  name: "missing-state-or-nonce",
  message:
    "Without state and nonce a link can carry somebody else's tokens: have both sent by whoever begins the login.",
}

const refreshTokenInFragment: Warning = {
  name: "refresh-token-in-fragment",
  message: "A refresh token came in the address, where it lasts longer than the login: do not ask for offline_access.",
}

const longLivedBearer: Warning = {
  name: "long-lived-bearer",
  message: "The token opens its API for more than an hour to whoever holds it: have the issuer shorten its lifetime.",
}
