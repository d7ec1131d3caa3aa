import * as Result from "effect/Result"
import { type Invalid, invalid } from "./invalid.ts"
import { isJsonObject, own } from "./json.ts"

/**
 * The metadata of an authorization server, as far as BearerKit uses it.
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

/** Parses a metadata document; fails if a known member has the wrong type, ignores unknown ones. */
export const parseServerMetadata = (json: unknown): Result.Result<ServerMetadata, Invalid> => {
  if (!isJsonObject(json)) return invalid("metadata", "is not a JSON object")
  const metadata: Record<string, boolean | string | ReadonlyArray<string>> = {}
  for (const { members, is, problem } of kinds) {
    for (const member of members) {
      const value = own(json, member)
      if (value === undefined || value === null) continue
      if (!is(value)) return invalid(member, problem)
      metadata[camelCase(member)] = value as boolean | string | ReadonlyArray<string>
    }
  }
  const issuer = metadata["issuer"]
  if (typeof issuer !== "string") return invalid("issuer", "is missing")
  return Result.succeed({ ...metadata, issuer })
}

/** Members of one type; the fields have the same names in camel case. */
interface Kind {
  readonly members: ReadonlyArray<string>
  readonly is: (value: unknown) => boolean
  readonly problem: string
}

const kinds: ReadonlyArray<Kind> = [
  {
    members: [
      "issuer",
      "token_endpoint",
      "authorization_endpoint",
      "jwks_uri",
      "userinfo_endpoint",
      "introspection_endpoint",
      "revocation_endpoint",
      "device_authorization_endpoint",
      "pushed_authorization_request_endpoint",
      "end_session_endpoint",
    ],
    is: (value) => typeof value === "string" && URL.canParse(value),
    problem: "is not a URL",
  },
  {
    members: [
      "grant_types_supported",
      "token_endpoint_auth_methods_supported",
      "response_types_supported",
      "response_modes_supported",
      "code_challenge_methods_supported",
      "id_token_signing_alg_values_supported",
    ],
    is: (value) => Array.isArray(value) && value.length <= 1000 && value.every((each) => typeof each === "string"),
    problem: "is not a list of strings",
  },
  {
    members: ["authorization_response_iss_parameter_supported", "require_pushed_authorization_requests"],
    is: (value) => typeof value === "boolean",
    problem: "is not true or false",
  },
]

const camelCase = (member: string): string => member.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
