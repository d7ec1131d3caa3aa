import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type ExtraParams, extraParams, sortedParams } from "../protocol/extra-params.ts"
import { definedParams } from "../protocol/defined-params.ts"
import { type Params } from "../protocol/client-request.ts"
import { requestTokenSet } from "../protocol/token-endpoint.ts"
import type { Flow } from "./flow.ts"
import { endingWith, type SecurityToken, tokenTypeUri } from "./security-token.ts"
import { classifyTokenExchange } from "./token-exchange-refusal.ts"

/** Options of `tokenExchange`. */
export interface TokenExchangeOptions {
  /** The token of the subject. */
  readonly subject: SecurityToken
  /** The token of the actor, if that is not the client (RFC 8693 §1.1). */
  readonly actor?: SecurityToken | undefined
  /** A short name of RFC 8693 §3 or any URI. @default the server's choice, usually an access token */
  readonly requestedTokenType?: string | undefined
  /** Other parameters for this server; part of the cache key, so never a secret. */
  readonly extra?: ExtraParams | undefined
}

/**
 * Exchanges a subject's token for one that another API accepts. The result expires no later than the subject's token.
 *
 * @see RFC 8693 §2
 */
export const tokenExchange = (options: TokenExchangeOptions): Flow => {
  const { subject, actor, extra } = options
  const requested = options.requestedTokenType === undefined ? undefined : tokenTypeUri(options.requestedTokenType)
  return {
    grant: tokenExchangeGrant,
    replay: "safe",
    discovers: true,
    identity: [...named(subject), ...named(actor), requested ?? "", JSON.stringify(sortedParams(extra))],
    warnings: [],
    acquire: Effect.fnUntraced(function* (client, target) {
      const params: Params = [
        ["grant_type", tokenExchangeGrant],
        ["subject_token", Redacted.value(subject.value)],
        ["subject_token_type", subject.type],
        ...(actor === undefined ? [] : actorParams(actor)),
        ...definedParams({ requested_token_type: requested }),
        ...(yield* extraParams(extra, ownNames)),
      ]
      const set = yield* requestTokenSet(client, target, { params, classify: classifyTokenExchange })
      return endingWith(subject, set)
    }),
  }
}

const tokenExchangeGrant = "urn:ietf:params:oauth:grant-type:token-exchange"

const ownNames = ["actor_token", "actor_token_type", "requested_token_type", "subject_token", "subject_token_type"]

const named = (token: SecurityToken | undefined): readonly [digest: string, type: string] => [
  token?.digest ?? "",
  token?.type ?? "",
]

const actorParams = (actor: SecurityToken): Params => [
  ["actor_token", Redacted.value(actor.value)],
  ["actor_token_type", actor.type],
]
