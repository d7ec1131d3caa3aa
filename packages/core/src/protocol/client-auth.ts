import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import { signAssertion } from "./assertion.ts"
import { formEncoded } from "./request-secrets.ts"
import { missingSecret, type Secret, secretText, wrapped } from "./secret.ts"
import type { PrivateKey, PrivateKeyOptions, SigningKey } from "./signing-key.ts"

/** What a client authentication method adds to a request. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>
  readonly params: ReadonlyArray<readonly [name: string, value: string]>
}

/** The request that the credentials are for. */
export interface ClientAuthRequest {
  readonly issuer: string
  readonly clientId: string
  readonly tokenEndpoint: string
}

/**
 * How a client authenticates; evaluated for every request, so that assertions are always fresh.
 *
 * @see RFC 6749 §2.3, OpenID Connect Core §9
 */
export interface ClientAuth {
  (request: ClientAuthRequest): Effect.Effect<Credentials, AcquireError>
  /** A problem that is known before any request. */
  readonly problem?: AcquireError | undefined
}

/** A public client: sends only its `client_id`. */
export const none = (): ClientAuth => (request) =>
  Effect.succeed({ headers: {}, params: [["client_id", request.clientId]] })

/** The secret in the `Authorization` header, form-encoded first (RFC 6749 §2.3.1). */
export const clientSecretBasic = (secret: Secret): ClientAuth =>
  secretAuth(secret, (text, { clientId }) => {
    const pair = `${formEncoded(clientId)}:${formEncoded(text)}`
    return { headers: { authorization: `Basic ${btoa(pair)}` }, params: [] }
  })

/** The secret in the body (RFC 6749 §2.3.1), for servers that do not take it in the header. */
export const clientSecretPost = (secret: Secret): ClientAuth =>
  secretAuth(secret, (text, { clientId }) => ({
    headers: {},
    params: [
      ["client_id", clientId],
      ["client_secret", text],
    ],
  }))

const secretAuth = (
  secret: Secret,
  credentialsOf: (text: string, request: ClientAuthRequest) => Credentials,
): ClientAuth => {
  const kept = wrapped(secret)
  const auth: ClientAuth = (request) => Effect.map(secretText(option, kept), (text) => credentialsOf(text, request))
  return Object.assign(auth, { problem: missingSecret(option, kept) })
}

const option = "clientSecret"

/** Options of `clientSecretJwt`. */
export interface AssertionAuthOptions {
  /**
   * Sets the assertion's `aud` to the token endpoint, for old servers that accept nothing else. Another server can
   * replay such an assertion (CVE-2025-27370).
   *
   * @default false
   */
  readonly unsafeTokenEndpointAudience?: boolean | undefined
}

/** An assertion signed HS256 with the secret, which must have at least 32 bytes (RFC 7523 §2.2, RFC 7518 §3.2). */
export const clientSecretJwt = (secret: Secret, options: AssertionAuthOptions = {}): ClientAuth => {
  const kept = wrapped(secret)
  return Object.assign(assertionAuth({ secret: kept }, options), { problem: missingSecret(option, kept) })
}

/** Options of `privateKeyJwt`. */
export interface PrivateKeyJwtOptions extends AssertionAuthOptions, PrivateKeyOptions {}

/** An assertion signed with the client's private key (RFC 7523 §2.2). */
export const privateKeyJwt = (key: PrivateKey, options: PrivateKeyJwtOptions = {}): ClientAuth =>
  assertionAuth({ ...options, key }, options)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

const assertionAuth = (key: SigningKey, options: AssertionAuthOptions): ClientAuth =>
  Effect.fnUntraced(function* ({ clientId, issuer, tokenEndpoint }: ClientAuthRequest) {
    const assertion = yield* signAssertion(key, {
      // RFC 10070 §3: the issuer alone, or another server could use the assertion
      audience: options.unsafeTokenEndpointAudience === true ? tokenEndpoint : issuer,
      issuer: clientId,
      subject: clientId,
      type: "client-authentication+jwt",
    })
    return {
      headers: {},
      params: [
        ["client_id", clientId],
        ["client_assertion_type", assertionType],
        ["client_assertion", assertion],
      ],
    }
  })
