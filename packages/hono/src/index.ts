export {
  BearerError,
  type BearerErrorCode,
  type Claims,
  type ClaimsSchema,
  clientSecretBasic,
  clientSecretPost,
  type CookieSource,
  type FindIssuer,
  type FreshLogin,
  type IntrospectionOptions,
  issuerKeys,
  jwks,
  type Principal,
  privateKeyJwt,
  type ProtectedResource,
  protectedResourceUrl,
  type Refusal,
  secret,
  type TrustedIssuer,
  verifiedTokenCache,
  type VerifiedTokenCacheOptions,
} from "@bearerkit/core"
export { bearerAuth, type BearerAuth, type BearerAuthOptions, type OptionsOf } from "./bearer-auth.ts"
export { protectedResource } from "./protected-resource.ts"
export { requireClaim, requireFreshLogin, requireScope } from "./require.ts"
