import { JWT_BEARER, PASSWORD } from "../grant/grant-type.ts"
import type { Parameters } from "../http/body.ts"
import { invalidRequest, LegacyError } from "./legacy-error.ts"
import { makeReader } from "./reader.ts"

/** A well-formed request to `/oauth/ro`. */
export interface OauthRoRequest {
  readonly clientId: string
  readonly clientSecret: string | undefined
  readonly connection: string
  readonly scopes: ReadonlySet<string>
  readonly device: string
  readonly grant:
    | { readonly type: "password"; readonly username: string; readonly password: string }
    | { readonly type: "jwt-bearer"; readonly idToken: string }
}

/** Reads the parameters, in the order in which the endpoint reports errors. */
export const readOauthRo = (parameters: Parameters): OauthRoRequest => {
  const { optional, required } = makeReader(parameters)
  const clientId = required("client_id")
  const grantType = required("grant_type")
  if (grantType !== PASSWORD && grantType !== JWT_BEARER) {
    throw new LegacyError(400, "unsupported_grant_type", `grant_type must be ${PASSWORD} or ${JWT_BEARER}`)
  }
  const connection = required("connection")
  const grant =
    grantType === PASSWORD
      ? { type: "password" as const, username: required("username").trim(), password: required("password") }
      : { type: "jwt-bearer" as const, idToken: required("id_token") }
  if (grant.type === "password" && grant.username === "") throw invalidRequest("missing username parameter")
  const scopes = new Set(optional("scope").split(" ").filter(Boolean))
  // A refresh token belongs to a device, and so does the login without a password.
  const device = grantType === JWT_BEARER || scopes.has("offline_access") ? required("device") : optional("device")
  return { clientId, clientSecret: optional("client_secret") || undefined, connection, scopes, device, grant }
}
