import type { Credential } from "@bearerkit/node"
import { printableJson } from "./printable.ts"

export const credentialFormats = ["token", "header", "json", "env", "exec-credential", "curl-config"] as const

export type CredentialFormat = (typeof credentialFormats)[number]

/** A credential as the lines that go to stdout; throws a `BearerError` where it is none for a header. */
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
      return printableJson(credentialJson(credential, audience))
    case "env":
      return environmentLines(credential)
    case "exec-credential":
      return printableJson(execCredential(credential))
    case "curl-config":
      return `header = "${`Authorization: ${credential.authorization}`.replaceAll(/["\\]/g, String.raw`\$&`)}"`
  }
}

const credentialJson = ({ token, type, expiresAt, scopes }: Credential, audience: ReadonlyArray<string>): object => ({
  version: 1,
  access_token: token,
  token_type: type,
  expires_at: Math.floor(expiresAt / 1000),
  expires_at_rfc3339: rfc3339(expiresAt),
  scope: scopes.join(" "),
  audience,
})

/** Lines for `eval`; `bearerkit inspect` reads the same variable. */
const environmentLines = ({ token, expiresAt }: Credential): string =>
  [
    `export BEARERKIT_TOKEN='${token.replaceAll("'", String.raw`'\''`)}'`,
    `export BEARERKIT_TOKEN_EXPIRES_AT='${rfc3339(expiresAt)}'`,
  ].join("\n")

/** The output of a credential plugin for kubectl, which sends the token as a bearer token. */
const execCredential = ({ authorization, expiresAt }: Credential): object => ({
  apiVersion: "client.authentication.k8s.io/v1",
  kind: "ExecCredential",
  status: { token: authorization.replace("Bearer ", ""), expirationTimestamp: rfc3339(expiresAt) },
})

const rfc3339 = (time: number): string => new Date(Math.floor(time / 1000) * 1000).toISOString().replace(".000Z", "Z")
