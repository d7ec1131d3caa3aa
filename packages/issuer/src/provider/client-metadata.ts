import type { ClientMetadata, JWK } from "oidc-provider"

import type { Client } from "../config/client.ts"
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
    require_pushed_authorization_requests: client.requirePushedAuthorizationRequests,
    application_type: isNative(client) || usesImplicitLocally(client) ? "native" : "web",
    id_token_signed_response_alg: client.legacy === undefined ? "RS256" : "HS256",
  }
}

// OpenID Connect forbids implicit responses to http addresses of web applications; a page under development has one.
const usesImplicitLocally = ({ grants, redirectUris }: Client): boolean =>
  grants.has(IMPLICIT) && redirectUris.some((uri) => uri.startsWith("http:"))

/** Of a native app any loopback port is accepted (RFC 8252 §7.3), and a scheme of its own; it is asked for consent each time. */
export const isNative = (client: Client): boolean =>
  client.redirectUris.length > 0 &&
  client.redirectUris.every((uri) => {
    const { protocol, hostname, port } = new URL(uri)
    if (protocol === "https:") return false
    return protocol !== "http:" || (port === "" && /^(127\.0\.0\.1|\[::1\]|localhost)$/.test(hostname))
  })
