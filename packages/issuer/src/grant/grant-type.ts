/** RFC 6749 §4.1. */
export const AUTHORIZATION_CODE = "authorization_code"
/** OpenID Connect Core §3.2: tokens straight from the authorization endpoint. */
export const IMPLICIT = "implicit"
/** RFC 6749 §6. */
export const REFRESH_TOKEN = "refresh_token"
/** RFC 8628 §3.4. */
export const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
/** RFC 7523 §2.1. */
export const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
/** RFC 6749 §4.3. */
export const PASSWORD = "password"
/** The password grant that names its connection in `realm`. */
export const PASSWORD_REALM = "http://auth0.com/oauth/grant-type/password-realm"
/** The value of `requested_token_use` that makes a JWT bearer grant act for the subject of its assertion. */
export const ON_BEHALF_OF = "on_behalf_of"
/** RFC 8693 §2.1. */
export const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
/** Not a grant type of the token endpoint: permission to use `/oauth/ro`. */
export const OAUTH_RO = "oauth-ro"
/** Not a grant type of the token endpoint: permission to use `/delegation`. */
export const DELEGATION = "delegation"

const GRANT_TYPES = new Map([
  ["authorization_code", AUTHORIZATION_CODE],
  ["implicit", IMPLICIT],
  ["device-code", DEVICE_CODE],
  ["refresh_token", REFRESH_TOKEN],
  ["client_credentials", "client_credentials"],
  ["password", PASSWORD],
  ["password-realm", PASSWORD_REALM],
  ["jwt-bearer", JWT_BEARER],
  ["token-exchange", TOKEN_EXCHANGE],
  ["oauth-ro", OAUTH_RO],
  ["delegation", DELEGATION],
])

export const GRANT_NAMES: ReadonlyArray<string> = [...GRANT_TYPES.keys()]

/** The grant type on the wire for a name or for the wire value itself. */
export const grantType = (name: string): string | undefined =>
  GRANT_TYPES.get(name) ?? [...GRANT_TYPES.values()].find((value) => value === name)
