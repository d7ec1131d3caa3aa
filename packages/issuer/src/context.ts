import type { Audit } from "./audit.ts"
import type { CheckedConfig } from "./config/check.ts"
import type { Directory } from "./connection/directory.ts"
import type { Login } from "./protection/login.ts"
import type { Secrets } from "./secrets.ts"

/** What every endpoint of one running issuer shares. */
export interface Context {
  readonly issuer: string
  readonly config: CheckedConfig
  readonly directory: Directory
  readonly login: Login
  readonly audit: Audit
  readonly secrets: Secrets
  readonly log: (line: string) => void
}
