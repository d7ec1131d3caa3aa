/** RFC 7523 §2.1. */
export const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
/** RFC 6749 §4.3. */
export const PASSWORD = "password"
/** The password grant that names its connection in `realm`. */
export const PASSWORD_REALM = "http://auth0.com/oauth/grant-type/password-realm"
/** Not a grant type of the token endpoint: permission to use `/oauth/ro`. */
export const OAUTH_RO = "oauth-ro"

const GRANT_TYPES = new Map([
  ["authorization_code", "authorization_code"],
  ["refresh_token", "refresh_token"],
  ["client_credentials", "client_credentials"],
  ["password", PASSWORD],
  ["password-realm", PASSWORD_REALM],
  ["jwt-bearer", JWT_BEARER],
  ["oauth-ro", OAUTH_RO],
])

export const GRANT_NAMES: ReadonlyArray<string> = [...GRANT_TYPES.keys()]

/** The grant type on the wire for a name or for the wire value itself. */
export const grantType = (name: string): string | undefined =>
  GRANT_TYPES.get(name) ?? [...GRANT_TYPES.values()].find((value) => value === name)
