import * as Effect from "effect/Effect"
import type { Flow } from "../acquire/flow.ts"
import { entraOnBehalfOf } from "../acquire/on-behalf-of.ts"
import { type SecurityToken, tokenTypeUri } from "../acquire/security-token.ts"
import { tokenExchange } from "../acquire/token-exchange.ts"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import { legacyDelegation } from "../legacy/delegation.ts"

/** The token of the subject, and of the actor if that is not the client. */
export interface Delegated {
  readonly subject: SecurityToken
  readonly actor?: SecurityToken | undefined
}

/** How a token is traded for another at the issuer. Fails with `invalid_options` for what it cannot say there. */
export type DelegationWire = (delegated: Delegated) => Effect.Effect<Flow, AcquireError>

/** OAuth 2.0 Token Exchange, which records the actor (RFC 8693). */
export const exchangeWire: DelegationWire = ({ subject, actor }) =>
  Effect.succeed(tokenExchange({ subject, ...(actor !== undefined && { actor }) }))

/**
 * The legacy `/delegation`: an ID token or a refresh token for an ID token signed with the target's secret. The client is
 * the only possible actor.
 */
export const legacyWire: DelegationWire = ({ subject, actor }) => {
  if (actor !== undefined) return onlyTheClient
  if (subject.type === refreshToken) return Effect.succeed(legacyDelegation({ refreshToken: subject }))
  return jwts.has(subject.type) || subject.type === idToken
    ? Effect.succeed(legacyDelegation({ idToken: subject }))
    : Effect.fail(invalidOptions("subjectType", "is unknown to /delegation, which takes id_token and refresh_token"))
}

/** Entra's on-behalf-of form of the JWT bearer grant. The client is the only possible actor. */
export const entraWire: DelegationWire = ({ subject, actor }) => {
  if (actor !== undefined) return onlyTheClient
  return jwts.has(subject.type)
    ? Effect.succeed(entraOnBehalfOf(subject))
    : Effect.fail(
        invalidOptions("subjectType", "must be access_token or jwt: Entra takes the token that an API received"),
      )
}

const idToken = /*#__PURE__*/ tokenTypeUri("id_token")
const refreshToken = /*#__PURE__*/ tokenTypeUri("refresh_token")

/** Among them the default. */
const jwts: ReadonlySet<string> = /*#__PURE__*/ new Set(["access_token", "jwt"].map(tokenTypeUri))

const onlyTheClient = /*#__PURE__*/ Effect.fail(
  invalidOptions("actor", "is known to token exchange alone (exchangeWire): here the client acts"),
)
