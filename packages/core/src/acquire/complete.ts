import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { AcquireError, idTokenRefused } from "../errors/acquire-error.ts"
import { callbackRefused } from "../errors/login-refusal.ts"
import type { TokenReason } from "../errors/token-refusal.ts"
import type { KeysUnavailable, VerifyReason } from "../errors/verify-error.ts"
import type { Claims } from "../model/claims.ts"
import type { ServerMetadata } from "../model/metadata.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import { type CallbackInput, parseCallback } from "../protocol/callback.ts"
import { checkCallback } from "../protocol/check-callback.ts"
import { Discovery } from "../protocol/discovery.ts"
import { asAcquire } from "../protocol/client-request.ts"
import type { IdTokenVerifier } from "../verify/id-token.ts"
import type { CheckIdToken, ExpectedIdToken } from "../verify/id-token-parser.ts"
import { type AuthorizationTransaction, checkTransaction, type Completion } from "./authorization-transaction.ts"

/** Options for completing a login. */
export interface CompleteOptions {
  /** The transaction of `begin…`; use it only once, whatever the outcome. */
  readonly transaction: AuthorizationTransaction
  /** The whole URL, its query or hash alone, or the body of the posted form. */
  readonly callback: CallbackInput
  /**
   * Checks the signature of the ID token as well as its claims, and caches the issuer's keys between logins.
   *
   * @default the issuer's keys, fetched for this login, if the ID token comes through a browser. If it comes straight
   *   from the token endpoint, TLS replaces the signature (OpenID Connect Core §3.1.3.7 item 6); everything else is
   *   checked.
   */
  readonly idTokens?: IdTokenVerifier | undefined
  /** The target of the tokens. @default the one they were requested for; any other is refused */
  readonly target?: Target | undefined
}

/** A person has signed in. */
export interface Login {
  readonly tokens: TokenSet
  /** Who signed in; absent if no ID token was requested. */
  readonly claims: Claims | undefined
}

/** What a login yields as a flow. */
export const tokensOf = ({ tokens }: Login): TokenSet => tokens

/** The checked response, and the issuer's metadata. */
export const answerOf = Effect.fnUntraced(function* (
  { transaction, callback, target }: CompleteOptions,
  completion: Pick<Completion, "client" | "responseTypes">,
) {
  const now = yield* Clock.currentTimeMillis
  const problem = checkTransaction(transaction, { ...completion, target, now })
  if (problem !== undefined) return yield* new AcquireError({ reason: problem })
  const discovery = yield* Discovery
  const metadata = yield* Effect.mapError(discovery.metadata(transaction.issuer), asAcquire)
  const answer = checkCallback(parseCallback(callback, transaction.responseMode), {
    state: transaction.state,
    issuer: transaction.issuer,
    namesIssuer: metadata.authorizationResponseIssParameterSupported === true,
  })
  if (Result.isFailure(answer)) return yield* new AcquireError({ reason: answer.failure })
  return { answer: answer.success, metadata, now }
})

/** A response that lacks something, or has more than was requested. */
export const malformedAnswer = (detail: string): AcquireError =>
  new AcquireError({ reason: callbackRefused("malformed", detail) })

/** No ID token came, though one was requested. */
export const missingIdToken = (): AcquireError =>
  idTokenRefused({ _tag: "MalformedToken", problem: "is missing, though openid was asked for" })

export interface IdTokenAnswer extends Pick<ExpectedIdToken, "accessToken" | "code" | "hashes"> {
  readonly idToken: Redacted.Redacted<string>
  readonly metadata: ServerMetadata
}

/** The claims of the ID token, if it is valid for this transaction. */
export const checkedClaims = (
  verifier: { readonly verify: CheckIdToken },
  answer: IdTokenAnswer,
  transaction: AuthorizationTransaction,
): Effect.Effect<Claims, AcquireError> => {
  const { idToken, metadata, ...came } = answer
  const { nonce, acrValues, maxAge, startedAt } = transaction
  const claims = verifier.verify(idToken, {
    ...came,
    nonce,
    acrValues,
    authenticatedSince: maxAge === undefined ? undefined : startedAt / 1000 - maxAge,
    supported: metadata.idTokenSigningAlgValuesSupported,
  })
  return Effect.mapError(claims, asRefused)
}

/** Whoever checks an ID token asks nobody whether it is in force, and who sent it. */
export const asRefused = ({ reason }: { readonly reason: VerifyReason }): AcquireError =>
  idTokenRefused(reason as KeysUnavailable | TokenReason)
