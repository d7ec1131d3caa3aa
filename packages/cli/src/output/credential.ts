import type { Credential } from "@bearerkit/node"

export type CredentialFormat = "header" | "json" | "token"

/** A credential as the line that goes to stdout. */
export const formatCredential = (
  credential: Credential,
  format: CredentialFormat,
  audience: ReadonlyArray<string>,
): string => {
  switch (format) {
    case "token":
      return credential.token
    case "header":
      return `Authorization: ${credential.authorization}`
    case "json":
      return JSON.stringify(credentialJson(credential, audience))
  }
}

const credentialJson = ({ token, type, expiresAt, scopes }: Credential, audience: ReadonlyArray<string>): object => {
  const seconds = Math.floor(expiresAt / 1000)
  return {
    version: 1,
    access_token: token,
    token_type: type,
    expires_at: seconds,
    expires_at_rfc3339: new Date(seconds * 1000).toISOString().replace(".000Z", "Z"),
    scope: scopes.join(" "),
    audience,
  }
}
