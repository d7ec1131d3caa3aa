export {
  BearerError,
  type BearerErrorCode,
  type Claims,
  type ClaimsSchema,
  clientSecretBasic,
  clientSecretPost,
  cookieKeeper,
  type CookieKeeperConfig,
  type CookieKeys,
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
  type SessionKeeping,
  storeKeeper,
  type TrustedIssuer,
  type User,
  verifiedTokenCache,
  type VerifiedTokenCacheOptions,
  WebSession,
} from "@bearerkit/core"
export { bearerAuth, type BearerAuth, type BearerAuthOptions, type OptionsOf } from "./bearer-auth.ts"
export { protectedResource } from "./protected-resource.ts"
export { requireClaim, requireFreshLogin, requireScope } from "./require.ts"
export { type HonoWebLogin, webLogin, type WebLoginOptions } from "./web-login.ts"
