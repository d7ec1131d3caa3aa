export {
  type Arrival,
  BearerError,
  type BearerErrorCode,
  type BrowserClientOptions,
  type Claims,
  type ClaimsSchema,
  code,
  type LoginState,
  type LoginStatus,
  type LoginOptions,
  type LogoutOptions,
  memory,
  type Resumed,
  type Target,
  type User,
  webSessionStorage,
} from "@bearerkit/browser"
export type { Auth, AuthOptions, Refused } from "./auth.ts"
export { createAuth } from "./create-auth.ts"
export { authKey } from "./injection.ts"
export type { Register } from "./register.ts"
export { useApi, type UseApiOptions } from "./use-api.ts"
export { useAuth, type UseAuth } from "./use-auth.ts"
