import type { ClientMetadata, JWK } from "oidc-provider"

import type { Client } from "../config/client.ts"
import { applicationType } from "../config/redirect-uri.ts"
import { AUTHORIZATION_CODE, DELEGATION, IMPLICIT, OAUTH_RO } from "../grant/grant-type.ts"

/** A client in the words of dynamic registration (RFC 7591 §2), as oidc-provider wants it. */
export const clientMetadata = (client: Client): ClientMetadata => {
  const grants = [...client.grants].filter((grant) => grant !== OAUTH_RO && grant !== DELEGATION)
  return {
    client_id: client.id,
    ...(client.name === undefined ? {} : { client_name: client.name }),
    ...(client.secret === undefined ? {} : { client_secret: client.secret }),
    ...(client.jwks === undefined ? {} : { jwks: { keys: client.jwks.keys.map((key) => ({ ...key }) as JWK) } }),
    token_endpoint_auth_method: client.auth,
    grant_types: grants,
    response_types: [
      ...(grants.includes(AUTHORIZATION_CODE) ? (["code"] as const) : []),
      ...(grants.includes(IMPLICIT) ? (["id_token", "id_token token"] as const) : []),
    ],
    redirect_uris: [...client.redirectUris],
    post_logout_redirect_uris: [...client.logoutUrls],
    ...(client.backChannelLogoutUrl === undefined
      ? {}
      : { backchannel_logout_uri: client.backChannelLogoutUrl, backchannel_logout_session_required: true }),
    require_pushed_authorization_requests: client.requirePushedAuthorizationRequests,
    application_type: applicationType(client),
    id_token_signed_response_alg: client.legacy === undefined ? "RS256" : "HS256",
  }
}
