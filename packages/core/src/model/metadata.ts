import * as Result from "effect/Result"
import type { Invalid } from "./invalid.ts"
import { isJsonObject } from "./json.ts"

/**
 * What an authorization server says of itself, as far as it is used here.
 *
 * @see RFC 8414 §2, OpenID Connect Discovery §3
 */
export interface ServerMetadata {
  readonly issuer: string
  readonly tokenEndpoint?: string
  readonly authorizationEndpoint?: string
  readonly jwksUri?: string
  readonly userinfoEndpoint?: string
  readonly introspectionEndpoint?: string
  readonly revocationEndpoint?: string
  readonly deviceAuthorizationEndpoint?: string
  readonly pushedAuthorizationRequestEndpoint?: string
  readonly endSessionEndpoint?: string
  readonly grantTypesSupported?: ReadonlyArray<string>
  readonly tokenEndpointAuthMethodsSupported?: ReadonlyArray<string>
  readonly responseTypesSupported?: ReadonlyArray<string>
  readonly responseModesSupported?: ReadonlyArray<string>
  readonly codeChallengeMethodsSupported?: ReadonlyArray<string>
  readonly idTokenSigningAlgValuesSupported?: ReadonlyArray<string>
  /** RFC 9207 §3 */
  readonly authorizationResponseIssParameterSupported?: boolean
  /** RFC 9126 §5 */
  readonly requirePushedAuthorizationRequests?: boolean
}

/** Takes a metadata document apart; a member of the wrong type is refused, an unknown one ignored. */
export const parseServerMetadata = (json: unknown): Result.Result<ServerMetadata, Invalid> => {
  if (!isJsonObject(json)) return Result.fail({ field: "metadata", problem: "is not a JSON object" })
  const metadata: Record<string, boolean | string | ReadonlyArray<string>> = {}
  for (const [member, field] of Object.entries(urls)) {
    const value = Object.hasOwn(json, member) ? json[member] : undefined
    if (value === undefined || value === null) continue
    if (typeof value !== "string" || !URL.canParse(value))
      return Result.fail({ field: member, problem: "is not a URL" })
    metadata[field] = value
  }
  for (const [member, field] of Object.entries(lists)) {
    const value = Object.hasOwn(json, member) ? json[member] : undefined
    if (value === undefined || value === null) continue
    if (!isStringList(value)) return Result.fail({ field: member, problem: "is not a list of strings" })
    metadata[field] = value
  }
  for (const [member, field] of Object.entries(flags)) {
    const value = Object.hasOwn(json, member) ? json[member] : undefined
    if (value === undefined || value === null) continue
    if (typeof value !== "boolean") return Result.fail({ field: member, problem: "is not true or false" })
    metadata[field] = value
  }
  const issuer = metadata["issuer"]
  if (typeof issuer !== "string") return Result.fail({ field: "issuer", problem: "is missing" })
  return Result.succeed({ ...metadata, issuer })
}

const urls: Readonly<Record<string, keyof ServerMetadata>> = {
  issuer: "issuer",
  token_endpoint: "tokenEndpoint",
  authorization_endpoint: "authorizationEndpoint",
  jwks_uri: "jwksUri",
  userinfo_endpoint: "userinfoEndpoint",
  introspection_endpoint: "introspectionEndpoint",
  revocation_endpoint: "revocationEndpoint",
  device_authorization_endpoint: "deviceAuthorizationEndpoint",
  pushed_authorization_request_endpoint: "pushedAuthorizationRequestEndpoint",
  end_session_endpoint: "endSessionEndpoint",
}

const lists: Readonly<Record<string, keyof ServerMetadata>> = {
  grant_types_supported: "grantTypesSupported",
  token_endpoint_auth_methods_supported: "tokenEndpointAuthMethodsSupported",
  response_types_supported: "responseTypesSupported",
  response_modes_supported: "responseModesSupported",
  code_challenge_methods_supported: "codeChallengeMethodsSupported",
  id_token_signing_alg_values_supported: "idTokenSigningAlgValuesSupported",
}

const flags: Readonly<Record<string, keyof ServerMetadata>> = {
  authorization_response_iss_parameter_supported: "authorizationResponseIssParameterSupported",
  require_pushed_authorization_requests: "requirePushedAuthorizationRequests",
}

const isStringList = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.length <= 1000 && value.every((each) => typeof each === "string")
