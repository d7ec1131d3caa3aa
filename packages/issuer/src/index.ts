export { type AuditEntry } from "./audit.ts"
export { type OwnClaims } from "./config/claims.ts"
export { type ClientConfig } from "./config/client.ts"
export { type ClientAuthMethod } from "./config/client-auth.ts"
export { type ApiConfig, type AssertionIssuerConfig, defineIssuer, type IssuerConfig } from "./config/config.ts"
export {
  type ConnectionConfig,
  type DatabaseConnectionConfig,
  type LdapConnectionConfig,
  type UserConfig,
} from "./config/connection.ts"
export { type DelegationConfig } from "./config/delegation.ts"
export { type DeviceFlowConfig } from "./config/device-flow.ts"
export { IssuerConfigError } from "./config/error.ts"
export { type JsonWebKey, type JsonWebKeySet } from "./config/key.ts"
export { type SessionConfig } from "./config/session.ts"
export { type RefusalEntry } from "./delegation/refusals.ts"
export { type RefusalReason } from "./delegation/refused.ts"
export { type LegacyConfig } from "./config/legacy.ts"
export { type RequestEntry } from "./http/request-log.ts"
export { type Issuer, type IssuerOptions, startIssuer } from "./issuer.ts"
export { type Mint, type MintOptions } from "./mint.ts"
export { type RefreshEntry } from "./usage.ts"
