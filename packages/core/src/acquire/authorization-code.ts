import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { Claims } from "../model/claims.ts"
import type { Target, TargetInput } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { ResponseMode } from "../protocol/callback.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { definedParams } from "../protocol/defined-params.ts"
import { orRevoked, revokeLater } from "../protocol/revoke-quietly.ts"
import { requestTokenSet } from "../protocol/token-endpoint.ts"
import { directIdTokens } from "../verify/direct-id-token.ts"
import type { AuthorizationTransaction } from "./authorization-transaction.ts"
import { begin, type BeginOptions, type Begun } from "./begin.ts"
import { observedAcquisition } from "./acquisition.ts"
import {
  answerOf,
  checkedClaims,
  type CompleteOptions,
  type IdTokenAnswer,
  type Login,
  malformedAnswer,
  missingIdToken,
  tokensOf,
} from "./complete.ts"
import type { Flow } from "./flow.ts"

/** Options of `beginAuthorization`. */
export interface BeginAuthorizationOptions extends BeginOptions {
  /** How the code comes back. @default query */
  readonly responseMode?: ResponseMode | undefined
}

/**
 * First step of signing a person in with a code, always with PKCE (S256), `state` and `nonce`. Request the scope
 * `openid` to learn who signed in.
 *
 * @see RFC 6749 §4.1.1, RFC 7636, OpenID Connect Core §3.1.2.1
 */
export const beginAuthorization = (
  client: Client,
  target: TargetInput,
  options: BeginAuthorizationOptions,
): Effect.Effect<Begun, AcquireError, Discovery | Http> =>
  begin(client, target, { ...options, responseType: "code", responseMode: options.responseMode ?? "query" })

/**
 * Second step: checks that the response belongs to the transaction, exchanges the code, and checks the ID token. Its
 * signature is checked only if `idTokens` is set, since it comes straight from the issuer.
 *
 * @see RFC 6749 §4.1.3, RFC 9207 §2.4, OpenID Connect Core §3.1.3
 */
export const completeAuthorization = (
  client: Client,
  options: CompleteOptions,
): Effect.Effect<Login, AcquireError, Discovery | Http> =>
  observedAcquisition(complete(client, options), { grant, client, target: options.transaction.target })

const grant = "authorization_code"

const complete = Effect.fnUntraced(function* (client: Client, options: CompleteOptions) {
  const { answer, metadata } = yield* answerOf(options, { client, responseTypes: ["code"] })
  if (answer.code === undefined) return yield* malformedAnswer("has no code")
  if (answer.idToken !== undefined || answer.accessToken !== undefined) {
    return yield* malformedAnswer("has tokens, and only a code was asked for")
  }
  const tokens = yield* trade(client, options.transaction, answer.code)
  const { idToken, accessToken } = tokens
  const came = { idToken, accessToken, code: answer.code, hashes: "if present", metadata } as const
  return { tokens, claims: yield* orRevoked(client, tokens, claimsOf(client, options, came)) }
})

const claimsOf = (
  client: Client,
  { transaction, idTokens }: CompleteOptions,
  { idToken, ...came }: Came,
): Effect.Effect<Claims | undefined, AcquireError> => {
  if (idToken !== undefined) return checkedClaims(idTokens ?? directIdTokens(client), { idToken, ...came }, transaction)
  return transaction.target.scopes.includes("openid") ? Effect.fail(missingIdToken()) : Effect.succeed(undefined)
}

interface Came extends Omit<IdTokenAnswer, "idToken"> {
  readonly idToken: IdTokenAnswer["idToken"] | undefined
}

/** The second step as a flow. */
export const authorizationCode = (options: CompleteOptions): Flow => ({
  grant,
  replay: "never",
  discovers: true,
  // It is not known yet who signed in: another transaction's token may be another person's.
  identity: [options.transaction.id],
  warnings: [],
  acquire: (client, target) => Effect.map(complete(client, { ...options, target }), tokensOf),
})

const trade = Effect.fnUntraced(function* (
  client: Client,
  { target, redirectUri, verifier }: AuthorizationTransaction,
  code: Redacted.Redacted<string>,
) {
  const params = definedParams({
    grant_type: grant,
    code: Redacted.value(code),
    redirect_uri: redirectUri,
    code_verifier: verifier && Redacted.value(verifier),
  })
  // The code carries everything else; only the resource may be repeated (RFC 8707 §2.2).
  const said: Target = { audiences: [], resources: target.resources, scopes: [], organization: undefined }
  const set = yield* requestTokenSet(client, said, { params, rescue: revokeLater })
  return { ...set, scopes: set.scopes.length > 0 ? set.scopes : target.scopes } satisfies TokenSet
})
