export {
  type Apis,
  BearerError,
  type BearerErrorCode,
  type Claims,
  type ClaimsSchema,
  type Credential,
  isHeld,
  type LoginStatus,
  type ServerMetadata,
  type StepUp,
  stepUpOf,
  type TargetInput as Target,
  type TelemetryEvent,
  type TokenAtHand,
  type User,
  userOf,
  type Warning,
} from "@bearerkit/core"
export { type ClientObserver, clientObserver } from "./client-observer.ts"
export { type BegunLogin, type BrowserClient, createBrowserClient } from "./client.ts"
export { type BrowserDelegation, tokenExchange } from "./delegation.ts"
export { boundToBrowser, type BrowserDpopKey, type BrowserDpopOptions } from "./dpop.ts"
export { type BrowserFlow, code, type CodeOptions } from "./flow.ts"
export { locationHash, type LocationHashOptions } from "./location-hash.ts"
export type { LoginState } from "./login-state.ts"
export type {
  Arrival,
  BrowserClientOptions,
  CallOptions,
  LoginDefaults,
  LoginOptions,
  LogoutOptions,
} from "./options.ts"
export type { BrowserRenewal, RenewingPage } from "./renewal.ts"
export type { ResumableRequest } from "./resumable-request.ts"
export { type Resumed, type SteppingUp, steppingUp } from "./step-up.ts"
export { cookie } from "./storage/cookie.ts"
export { encryptedIndexedDb, type EncryptedIndexedDbOptions } from "./storage/encrypted-indexed-db.ts"
export { memory } from "./storage/memory.ts"
export type { BrowserStorage } from "./storage/storage.ts"
export { webLocalStorage } from "./storage/web-local-storage.ts"
export { webSessionStorage } from "./storage/web-session-storage.ts"
export { typedClaims } from "./typed-claims.ts"
