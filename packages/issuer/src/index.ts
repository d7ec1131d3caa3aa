export { type AuditEntry } from "./audit.ts"
export { type ClientAuthMethod, type ClientConfig, type LegacyConfig } from "./config/client.ts"
export { type ApiConfig, type AssertionIssuerConfig, defineIssuer, type IssuerConfig } from "./config/config.ts"
export {
  type ConnectionConfig,
  type DatabaseConnectionConfig,
  type LdapConnectionConfig,
  type UserConfig,
} from "./config/connection.ts"
export { IssuerConfigError } from "./config/error.ts"
export { type JsonWebKey, type JsonWebKeySet } from "./config/key.ts"
export { type RequestEntry } from "./http/request-log.ts"
export { type Issuer, type IssuerOptions, startIssuer } from "./issuer.ts"
