import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { TargetInput } from "../model/target.ts"
import type { ResponseType } from "../protocol/authorization-request.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { begin, type BeginOptions, type Begun } from "./begin.ts"
import { observedAcquisition } from "./acquisition.ts"
import { answerOf, checkedClaims, type CompleteOptions, type Login, malformedAnswer, tokensOf } from "./complete.ts"
import type { Flow } from "./flow.ts"
import { frontChannelTokens, idTokenAsBearer, tokenInFragment } from "./front-channel.ts"
import { signedIdTokens } from "./signed-id-tokens.ts"

/** Options of `beginImplicit`. */
export interface BeginImplicitOptions extends BeginOptions {
  /** `id_token token` also requests an access token, which is then the token to present. @default id_token */
  readonly responseType?: "id_token" | "id_token token" | undefined
  /** How the tokens come back; a query would reveal them to every server on the way. @default fragment */
  readonly responseMode?: "form_post" | "fragment" | undefined
}

/**
 * First step of signing a person in with tokens in the URL: only for issuers that offer public clients no code flow.
 *
 * @see OpenID Connect Core §3.2.2.1; RFC 9700 §2.1.2, which advises against it
 */
export const beginImplicit = (
  client: Client,
  target: TargetInput,
  options: BeginImplicitOptions,
): Effect.Effect<Begun, AcquireError, Discovery | Http> => {
  // there is no offline access without a code (OpenID Connect Core §11), so nobody is asked to consent to it
  const { responseType = "id_token", responseMode = "fragment", prompt = [] } = options
  return begin(client, target, { ...options, responseType, responseMode, prompt })
}

/**
 * Second step: checks that the response belongs to the transaction, and all of the ID token: signature, issuer,
 * audience, times, `nonce` and, with an access token, `at_hash`.
 *
 * @see OpenID Connect Core §3.2.2.8, §3.2.2.11
 */
export const completeImplicit = (
  client: Client,
  options: CompleteOptions,
): Effect.Effect<Login, AcquireError, Discovery | Http> =>
  observedAcquisition(complete(client, options), { grant, client, target: options.transaction.target })

const grant = "implicit"

const complete = Effect.fnUntraced(function* (client: Client, options: CompleteOptions) {
  const { transaction } = options
  const { answer, metadata, now } = yield* answerOf(options, { client, responseTypes })
  const withToken = transaction.responseType === "id_token token"
  const { idToken, accessToken, code, refreshToken } = answer
  if (idToken === undefined) return yield* malformedAnswer("has no ID token")
  if (withToken && accessToken === undefined) return yield* malformedAnswer("has no access token")
  if (code !== undefined || refreshToken !== undefined || (!withToken && accessToken !== undefined)) {
    return yield* malformedAnswer("has more than was asked for")
  }
  const came = { idToken, accessToken, hashes: "required", metadata } as const
  const claims = yield* checkedClaims(options.idTokens ?? (yield* signedIdTokens(client)), came, transaction)
  const presented = withToken ? "access_token" : "id_token"
  const { issuer, target } = transaction
  const tokens = yield* frontChannelTokens(answer, { claims, presented, issuer, scopes: target.scopes, now })
  return { tokens, claims }
})

/** The second step as a flow. It presents the ID token, unless an access token was requested. */
export const implicit = (options: CompleteOptions): Flow => ({
  grant,
  replay: "never",
  discovers: true,
  // It is not known yet who signed in: another transaction's token may be another person's.
  identity: [options.transaction.id],
  warnings: [
    ...(options.transaction.responseMode === "fragment" ? [tokenInFragment] : []),
    ...(options.transaction.responseType === "id_token" ? [idTokenAsBearer] : []),
  ],
  acquire: (client, target) => Effect.map(complete(client, { ...options, target }), tokensOf),
})

const responseTypes: ReadonlyArray<ResponseType> = ["id_token", "id_token token"]
