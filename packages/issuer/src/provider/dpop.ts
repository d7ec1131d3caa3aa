import type { AccessToken, RefreshToken, TokenEndpointGrantContext } from "oidc-provider"
// Made for grants like ours, but outside the versioning of oidc-provider, which is why its version is pinned.
import {
  applyRefreshTokenBindings,
  checkDpopReplay,
  checkDpopRequired,
  validateDpop,
} from "oidc-provider/lib/helpers/grants.js"

/** The key that a request proved to have. */
export interface Proof {
  /** RFC 9449 §6.1. */
  readonly thumbprint: string
  /** Binds a token to the key; a proof counts once. */
  readonly bind: (token: AccessToken) => Promise<void>
}

/** Reads the DPoP proof of a token request (RFC 9449 §5); refuses a client that must send one and does not. */
export const readProof = async (ctx: TokenEndpointGrantContext): Promise<Proof | undefined> => {
  const { provider, client } = ctx.oidc
  const dpop = await validateDpop(provider, ctx)
  checkDpopRequired(provider, ctx, dpop)
  if (dpop === undefined) return undefined
  return {
    thumbprint: dpop.thumbprint,
    bind: async (token) => {
      await checkDpopReplay(provider, ctx, dpop, client.clientId)
      token.setThumbprint("jkt", dpop.thumbprint)
    },
  }
}

/** Binds the refresh token of a public client to the key of the access token it came with (RFC 9449 §5). */
export const bindRefreshToken = (
  ctx: TokenEndpointGrantContext,
  accessToken: AccessToken,
  refreshToken: RefreshToken,
): Promise<void> => applyRefreshTokenBindings(ctx.oidc.provider, ctx, accessToken, refreshToken)
