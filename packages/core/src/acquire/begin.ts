import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import { millisOf } from "../model/millis.ts"
import { parseTarget, type Target, type TargetInput } from "../model/target.ts"
import { type AuthorizationOptions, authorizationParams, maxAgeOf } from "../protocol/authorization-params.ts"
import { authorizationUrl, type ResponseType } from "../protocol/authorization-request.ts"
import type { ResponseMode } from "../protocol/callback.ts"
import type { Client } from "../protocol/client.ts"
import type { Discovery } from "../protocol/discovery.ts"
import { definedParams } from "../protocol/defined-params.ts"
import { makePkce } from "../protocol/pkce.ts"
import type { Pushed } from "../protocol/pushed-authorization-request.ts"
import { randomText } from "../protocol/random.ts"
import type { AuthorizationTransaction } from "./authorization-transaction.ts"

/** The options of every flow that sends a person to the issuer. */
export interface BeginOptions extends AuthorizationOptions {
  /** Where the response arrives, exactly as registered at the issuer. */
  readonly redirectUri: string
  /** When the request is pushed to the issuer instead of sent through the browser (RFC 9126). @default auto */
  readonly pushed?: Pushed | undefined
  /** How long the person may take. @default 10 minutes */
  readonly lifetime?: Duration.Input | undefined
}

/** A login under way. */
export interface Begun {
  /** Where to send the person. A pushed request expires soon, so redirect at once. */
  readonly url: string
  /** To keep until the response. */
  readonly transaction: AuthorizationTransaction
}

export interface BeginAs extends BeginOptions {
  readonly responseType: ResponseType
  readonly responseMode: ResponseMode
}

/** Begins a login, with a new `state`, `nonce` and, for a code, PKCE verifier. */
export const begin: (
  client: Client,
  input: TargetInput,
  options: BeginAs,
) => Effect.Effect<Begun, AcquireError, Discovery | Http> = Effect.fnUntraced(function* (client, input, options) {
  const target = parseTarget(input)
  if (Result.isFailure(target)) return yield* invalidOptions(target.failure.field, target.failure.problem)
  if (options.responseType !== "code" && !target.success.scopes.includes("openid")) {
    return yield* invalidOptions("scope", "must have openid: an ID token is asked for")
  }
  const lifetime = millisOf(options.lifetime ?? "10 minutes")
  if (lifetime === undefined || !Number.isSafeInteger(lifetime)) {
    return yield* invalidOptions("lifetime", "must be a duration")
  }
  const { transaction, challenge } = yield* newTransaction(client, target.success, options)
  const params = [
    ...definedParams({
      state: Redacted.value(transaction.state),
      nonce: Redacted.value(transaction.nonce),
      code_challenge: challenge,
      code_challenge_method: challenge && "S256",
      dpop_jkt: transaction.jkt,
    }),
    ...(yield* authorizationParams(target.success, options)),
  ]
  const url = yield* authorizationUrl(client, { ...options, params })
  // only now: the issuer's answers may have corrected the clock
  const startedAt = yield* Clock.currentTimeMillis
  return { url, transaction: { ...transaction, startedAt, expiresAt: startedAt + lifetime } }
})

const newTransaction = Effect.fnUntraced(function* (client: Client, target: Target, options: BeginAs) {
  const { redirectUri, responseType, responseMode, acrValues = [] } = options
  const maxAge = yield* maxAgeOf(options)
  const pkce = responseType === "code" ? yield* makePkce : undefined
  const transaction: Omit<AuthorizationTransaction, "expiresAt" | "startedAt"> = {
    id: yield* randomText,
    issuer: client.issuer,
    clientId: client.clientId,
    redirectUri,
    responseType,
    responseMode,
    target,
    state: Redacted.make(yield* randomText),
    nonce: Redacted.make(yield* randomText),
    ...(pkce !== undefined && { verifier: pkce.verifier }),
    ...(pkce !== undefined && client.dpop !== undefined && { jkt: client.dpop.thumbprint }),
    ...(maxAge !== undefined && { maxAge }),
    acrValues,
  }
  return { transaction, challenge: pkce?.challenge }
})
