import type { JsonWebKeySet } from "./key.ts"

export const AUTH_METHODS = [
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "private_key_jwt",
  "none",
] as const

/** How a client authenticates at the token endpoint. */
export type ClientAuthMethod = (typeof AUTH_METHODS)[number]

export const defaultAuth = (secret: string | undefined, jwks: JsonWebKeySet | undefined): ClientAuthMethod => {
  if (secret !== undefined) return "client_secret_basic"
  return jwks === undefined ? "none" : "private_key_jwt"
}
