export {
  type AssertionAuthOptions,
  type AssertionSource,
  type Apis,
  BearerError,
  type BearerErrorCode,
  type ClientAuth,
  clientCredentials,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  type Credential,
  legacyDelegation,
  type DelegationWire,
  derivedKey,
  type DevicePoll,
  type DpopKey,
  type DpopKeyOptions,
  encryptedStorage,
  type EncryptionKey,
  encryptionKey,
  exchangeWire,
  firstOf,
  type Flow,
  issuerKeys,
  jwks,
  jwtBearer,
  legacyWire,
  memoryStorage,
  none,
  oauthRo,
  type OauthRoOptions,
  entraOnBehalfOf,
  entraWire,
  password,
  type PasswordOptions,
  type Principal,
  type PrivateKey,
  privateKeyJwt,
  type PrivateKeyJwtOptions,
  type PrivateKeyOptions,
  providedBy,
  type Secret,
  secret,
  type SecurityToken,
  selfSigned,
  type SelfSignedOptions,
  type ServerMetadata,
  supplied,
  type SuppliedOptions,
  type TargetInput as Target,
  tokenExchange,
  type TokenExchangeOptions,
  type TokenStorage,
  type Warning,
} from "@bearerkit/core"
export { type Client, createClient } from "./client.ts"
export type {
  CallOptions,
  ClientDelegation,
  ClientEvent,
  ClientOptions,
  DelegateCallOptions,
  LoginCallOptions,
  LoginEvent,
  TokenCallOptions,
  VerifyOptions,
} from "./client-options.ts"
export type { Dispatcher } from "./dispatched-fetch.ts"
export { generateDpopKey } from "./dpop-key.ts"
export { deviceCode, type DeviceLoginCode, type DeviceLoginOptions } from "./login/device-code.ts"
export { loopback, type LoopbackOptions } from "./login/loopback.ts"
export { openBrowser } from "./login/open-browser.ts"
export type { PersonFlow } from "./login/person-flow.ts"
export type { User } from "./login/user.ts"
export { securityToken } from "./security-token.ts"
export { fileStorage, type FileStorageOptions } from "./storage/file-storage.ts"
export { userDirectory } from "./storage/user-directory.ts"
export { githubActions, type GithubActionsOptions } from "./workload/github-actions.ts"
export { kubernetes, type KubernetesOptions } from "./workload/kubernetes.ts"
export { workloadIdentity } from "./workload/workload-identity.ts"
