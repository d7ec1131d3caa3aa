import {
  type AcquireError,
  type AuthorizationTransaction,
  beginAuthorization,
  type BeginOptions,
  type Begun,
  type Client,
  completeAuthorization,
  type CompletedLogin,
  type CompleteOptions,
  type Discovery,
  type Http,
  type ResponseMode,
  type TargetInput,
  type Warning,
} from "@bearerkit/core"
import type * as Effect from "effect/Effect"

/** A flow that sends a person to the issuer and reads the answer from the URL. */
export interface BrowserFlow {
  /** Where the answer is in the URL. */
  readonly responseMode: Exclude<ResponseMode, "form_post">
  readonly begin: (
    client: Client,
    target: TargetInput,
    options: BeginOptions,
  ) => Effect.Effect<Begun, AcquireError, Discovery | Http>
  readonly complete: (
    client: Client,
    options: CompleteOptions,
  ) => Effect.Effect<CompletedLogin, AcquireError, Discovery | Http>
  /** What a developer should know about a login. */
  readonly warnings: (transaction: AuthorizationTransaction) => ReadonlyArray<Warning>
}

/** Options of `code`. */
export interface CodeOptions {
  /** Where the code is in the URL. @default query */
  readonly responseMode?: BrowserFlow["responseMode"] | undefined
}

/**
 * Signs a person in with an authorization code, always with PKCE.
 *
 * @see RFC 6749 §4.1, RFC 7636
 */
export const code = ({ responseMode = "query" }: CodeOptions = {}): BrowserFlow => ({
  responseMode,
  begin: (client, target, options) => beginAuthorization(client, target, { ...options, responseMode }),
  complete: completeAuthorization,
  warnings: () => [],
})
