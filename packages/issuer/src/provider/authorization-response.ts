import type Provider from "oidc-provider"

/** Puts `iss` into every authorization response (RFC 9207 §2); oidc-provider leaves it out beside an ID token. */
export const nameIssuer = (provider: Provider): void => {
  provider.on("authorization.success", (_ctx, response) => {
    if (response !== undefined) response["iss"] = provider.issuer
  })
}
