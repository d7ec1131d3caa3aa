import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import type { Flow, Warning } from "../acquire/flow.ts"
import { endingWith, type SecurityToken } from "../acquire/security-token.ts"
import { invalidOptions } from "../errors/acquire-error.ts"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import { type ExtraParams, sortedParams } from "../protocol/extra-params.ts"
import { malformedAnswer } from "../protocol/malformed.ts"
import { type DelegationSource, postDelegation, sourceOf } from "./delegation-request.ts"
import { parseLegacyTokens } from "./token-answer.ts"

/** Options of `legacyDelegation`. */
export interface LegacyDelegationOptions {
  /** Other parameters for this server; part of the cache key, so never a secret. */
  readonly extra?: ExtraParams | undefined
}

/**
 * The legacy exchange at `/delegation`: an ID token of this client, or a refresh token, for an ID token signed with the
 * target's own secret. The target is the audience, a client id; without one the client's own token is renewed. The
 * scope is `openid` unless the target has one; `passthrough` keeps the claims of the source.
 */
export const legacyDelegation = (source: DelegationSource, options: LegacyDelegationOptions = {}): Flow => {
  const [form, token] = sourceOf(source) ?? []
  return {
    grant: "delegation",
    replay: "safe",
    discovers: false,
    identity: [form ?? "", token?.digest ?? "", JSON.stringify(sortedParams(options.extra))],
    warnings: [delegationWarning],
    acquire: Effect.fnUntraced(function* (client, target) {
      const audience = yield* audienceOf(client, target)
      const scopes = target.scopes.length > 0 ? target.scopes : ["openid"]
      const request = { source, target: audience, apiType: "app", scope: scopes.join(" "), extra: options.extra }
      const { answer, json } = yield* postDelegation(client, request)
      const { url, receivedAt } = answer
      const whole = { ...json, access_token: json["id_token"] }
      const set = yield* parseLegacyTokens(whole, { client, audience, scopes, url, receivedAt })
      if (!sameSubject(source.idToken, set)) return yield* malformedAnswer(answer, aboutAnother)
      return source.idToken === undefined ? set : endingWith(source.idToken, set)
    }),
  }
}

export const delegationWarning: Warning = {
  name: "legacy-delegation",
  message: "POST /delegation is a legacy endpoint; where the issuer offers more, use token exchange (RFC 8693).",
}

const aboutAnother = "the ID token is about another subject than the one that was sent (sub)"

const audienceOf = (client: Client, { audiences, resources, organization }: Target) => {
  const [audience = client.clientId, ...more] = audiences
  const refuse = (field: string, problem: string) => Effect.fail(invalidOptions(field, problem))
  if (resources.length > 0) return refuse("resource", "is unknown to /delegation: name the target as the audience")
  if (organization !== undefined) return refuse("organization", "is unknown to /delegation")
  return more.length > 0 ? refuse("audience", "must be one value for /delegation") : Effect.succeed(audience)
}

/** The subject must be preserved; an unreadable source is left to the server. */
const sameSubject = (source: SecurityToken | undefined, set: TokenSet): boolean => {
  const before = source && unverifiedClaims(Redacted.value(source.value))
  const after = unverifiedClaims(Redacted.value(set.accessToken))
  if (before === undefined || Result.isFailure(before) || Result.isFailure(after)) return true
  return before.success.sub === after.success.sub
}
