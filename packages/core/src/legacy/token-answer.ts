import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { AcquireError } from "../errors/acquire-error.ts"
import { unverifiedClaims } from "../jws/unverified-claims.ts"
import { audiencesOf, type Claims } from "../model/claims.ts"
import type { JsonObject } from "../model/json.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import { parseTokenResponse } from "../protocol/token-response.ts"

export interface LegacyAnswerContext {
  readonly client: Client
  /** The audience of the ID token. @default the client */
  readonly audience?: string
  readonly scopes: ReadonlyArray<string>
  readonly url: string
  /** Epoch milliseconds. */
  readonly receivedAt: number
}

/**
 * Parses the answer of a legacy endpoint. It has no `expires_in`, so the lifetime is the ID token's `exp` minus `iat`,
 * which a wrong clock on this machine does not affect. The signature is not checked: the token came straight from the
 * issuer (OpenID Connect Core §3.1.3.7 item 6), and only its API has the secret.
 */
export const parseLegacyTokens: (
  json: JsonObject,
  context: LegacyAnswerContext,
) => Effect.Effect<TokenSet, AcquireError> = Effect.fnUntraced(function* (json, context) {
  const set = yield* parseTokenResponse(json, context)
  if (set.idToken === undefined) return set
  const claims = unverifiedClaims(Redacted.value(set.idToken))
  const problem = Result.isFailure(claims) ? claims.failure : problemOf(claims.success, context)
  if (Result.isFailure(claims) || problem !== undefined) {
    const reason = { _tag: "MalformedResponse", url: context.url, problem: `the ID token ${problem}` } as const
    return yield* new AcquireError({ reason })
  }
  const { exp = 0, iat } = claims.success
  const expiresAt = Math.trunc(iat === undefined ? exp * 1000 : context.receivedAt + (exp - iat) * 1000)
  return { ...set, expiresAt, presented: "id_token" } satisfies TokenSet
})

const problemOf = (claims: Claims, { client, audience, receivedAt }: LegacyAnswerContext): string | undefined => {
  const { issuer, clientId } = client
  const audiences = audiencesOf(claims)
  if (claims.iss !== issuer) return "is not from this issuer (iss)"
  if (audience !== undefined && !audiences.includes(audience)) return "is not for the target (aud)"
  if (audience === undefined && !audiences.includes(clientId)) return "is not for this client (aud)"
  if (audiences.length > 1 && claims["azp"] !== clientId)
    return "has several audiences and no azp that names this client"
  if (claims.exp === undefined) return "has no expiry (exp)"
  if (claims.exp <= (claims.iat ?? receivedAt / 1000)) return "has expired already (exp)"
  return undefined
}
