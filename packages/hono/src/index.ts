export {
  BearerError,
  type BearerErrorCode,
  type Claims,
  type ClaimsSchema,
  clientSecretBasic,
  clientSecretPost,
  cookieKeeper,
  type CookieKeeperConfig,
<<<<<<< HEAD
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
=======
  type ForwardedHeadersOptions,
  type OnBehalfOf,
>>>>>>> 8072183 (feat(hono): onBehalfOf, fetchOnBehalfOf, forwardTo)
  type SessionKeeping,
  storeKeeper,
  type TrustedIssuer,
  type User,
  verifiedTokenCache,
  type VerifiedTokenCacheOptions,
  WebSession,
} from "@bearerkit/core"
<<<<<<< HEAD
export { bearerAuth, type BearerAuth, type BearerAuthOptions, type OptionsOf } from "./bearer-auth.ts"
export { protectedResource } from "./protected-resource.ts"
export { requireClaim, requireFreshLogin, requireScope } from "./require.ts"
=======
export { delegation, type DelegationOptions, type HonoDelegation } from "./delegation.ts"
>>>>>>> 8072183 (feat(hono): onBehalfOf, fetchOnBehalfOf, forwardTo)
export { type HonoWebLogin, webLogin, type WebLoginOptions } from "./web-login.ts"
