import type { Audit } from "./audit.ts"
import type { CheckedConfig } from "./config/check.ts"
import type { Directory } from "./connection/directory.ts"
import type { Chain } from "./delegation/chain.ts"
import type { Refusals } from "./delegation/refusals.ts"
import type { Keys } from "./keys.ts"
import type { LegacyChains } from "./legacy/chains.ts"
import type { LegacyRefreshTokens } from "./legacy/refresh-token.ts"
import type { Login } from "./protection/login.ts"
import type { Secrets } from "./secrets.ts"
import type { Usage } from "./usage.ts"

/** What every endpoint of one running issuer shares. */
export interface Context {
  readonly issuer: string
  readonly config: CheckedConfig
  readonly keys: Keys
  readonly directory: Directory
  readonly login: Login
  readonly audit: Audit
  readonly refusals: Refusals
  readonly usage: Usage
  readonly refreshTokens: LegacyRefreshTokens
  readonly legacyChains: LegacyChains
  /** How the access tokens being issued came about, if by delegation. */
  readonly delegated: WeakMap<object, Chain>
  readonly secrets: Secrets
  /** How many entries of each kind oidc-provider may keep. */
  readonly capacity: number
  /** Epoch milliseconds for blocks and rate limits. */
  readonly now: () => number
  readonly log: (line: string) => void
}
