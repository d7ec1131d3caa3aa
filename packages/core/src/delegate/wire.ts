import type { Flow } from "../acquire/flow.ts"
import { entraOnBehalfOf } from "../acquire/on-behalf-of.ts"
import type { SecurityToken } from "../acquire/security-token.ts"
import { tokenExchange } from "../acquire/token-exchange.ts"
import { legacyDelegation } from "../legacy/delegation.ts"

/** The token of the subject, and of the actor if that is not the client. */
export interface Delegated {
  readonly subject: SecurityToken
  readonly actor?: SecurityToken | undefined
}

/** How a token is traded for another at the issuer. */
export type DelegationWire = (delegated: Delegated) => Flow

/** OAuth 2.0 Token Exchange, which records the actor (RFC 8693). */
export const exchangeWire: DelegationWire = ({ subject, actor }) =>
  tokenExchange({ subject, ...(actor !== undefined && { actor }) })

/**
 * The legacy `/delegation`: an ID token for one signed with the target's secret. The client is the only possible actor.
 */
export const legacyWire: DelegationWire = ({ subject }) => legacyDelegation({ idToken: subject })

/** Entra's on-behalf-of form of the JWT bearer grant. The client is the only possible actor. */
export const entraWire: DelegationWire = ({ subject }) => entraOnBehalfOf(subject)
