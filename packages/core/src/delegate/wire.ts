import type { Flow } from "../acquire/flow.ts"
import { entraOnBehalfOf } from "../acquire/on-behalf-of.ts"
import type { SecurityToken } from "../acquire/security-token.ts"
import { tokenExchange } from "../acquire/token-exchange.ts"
import { legacyDelegation } from "../legacy/delegation.ts"

/** Whose token is traded, and who acts when that is somebody else than the client. */
export interface Delegated {
  readonly subject: SecurityToken
  readonly actor?: SecurityToken | undefined
}

/** How a token is traded for another one at the issuer. */
export type DelegationWire = (delegated: Delegated) => Flow

/** OAuth 2.0 Token Exchange, which records the actor (RFC 8693). */
export const exchangeWire: DelegationWire = ({ subject, actor }) =>
  tokenExchange({ subject, ...(actor !== undefined && { actor }) })

/** The old `/delegation`: an ID token for one signed with the target's secret. It knows no other actor than the client. */
export const legacyWire: DelegationWire = ({ subject }) => legacyDelegation({ idToken: subject })

/** The on-behalf-of form of the JWT bearer grant, as Entra has it. It knows no other actor than the client. */
export const entraWire: DelegationWire = ({ subject }) => entraOnBehalfOf(subject)
