import { JWT_BEARER } from "../grant/grant-type.ts"
import type { Parameters } from "../http/body.ts"
import { invalidRequest, LegacyError } from "./legacy-error.ts"
import { makeReader } from "./reader.ts"

/** A well-formed request to `/delegation`. */
export interface DelegationRequest {
  readonly clientId: string
  readonly clientSecret: string | undefined
  /** Exactly one of an ID token and a refresh token. */
  readonly source: { readonly idToken: string } | { readonly refreshToken: string }
  readonly target: string
  readonly scopes: ReadonlySet<string>
}

/** Reads the parameters, in the order in which the endpoint reports errors. */
export const readDelegation = (parameters: Parameters): DelegationRequest => {
  const { optional, required } = makeReader(parameters)
  const clientId = required("client_id")
  const grantType = required("grant_type")
  if (grantType !== JWT_BEARER) {
    throw new LegacyError(400, "unsupported_grant_type", `grant_type must be ${JWT_BEARER}`)
  }
  const idToken = optional("id_token")
  const refreshToken = optional("refresh_token")
  if (idToken === "" && refreshToken === "") throw invalidRequest("missing id_token or refresh_token parameter")
  if (idToken !== "" && refreshToken !== "") throw invalidRequest("give id_token or refresh_token, not both")
  const apiType = optional("api_type") || "app"
  if (apiType !== "app" && apiType !== "auth0") throw invalidRequest("unsupported api_type; known are app and auth0")
  return {
    clientId,
    clientSecret: optional("client_secret") || undefined,
    source: idToken === "" ? { refreshToken } : { idToken },
    target: optional("target") || clientId,
    scopes: new Set(optional("scope").split(" ").filter(Boolean)),
  }
}
