import * as Effect from "effect/Effect"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { Target } from "../model/target.ts"
import type { TokenSet } from "../model/token-set.ts"
import type { Client } from "../protocol/client.ts"
import { Discovery } from "../protocol/discovery.ts"
import { asAcquire } from "../protocol/client-request.ts"
import { orRevoked } from "../protocol/revoke-quietly.ts"
import type { IdTokenVerifier } from "../verify/id-token.ts"
import { asRefused, type Login, missingIdToken } from "./complete.ts"
import type { DeviceAuthorization } from "./device-authorization.ts"
import { signedIdTokens } from "./signed-id-tokens.ts"
import { deviceCode, type DeviceCodeOptions } from "./device-code.ts"

/** Options of `completeDevice`. */
export interface CompleteDeviceOptions extends DeviceCodeOptions {
  readonly authorization: DeviceAuthorization
  /** The target of the tokens, as the authorization was begun with. */
  readonly target: Target
  /** Caches the issuer's keys between logins. @default one with `issuerKeys()`, which fetches them for this login */
  readonly idTokens?: IdTokenVerifier | undefined
}

/**
 * Waits until a person has entered the code, and checks the ID token if the scope has `openid`.
 *
 * @see RFC 8628 §3.4, OpenID Connect Core §3.1.3.7
 */
export const completeDeviceAuthorization: (
  client: Client,
  options: CompleteDeviceOptions,
) => Effect.Effect<Login, AcquireError, Discovery | Http> = Effect.fnUntraced(function* (client, options) {
  const { authorization, target } = options
  const tokens = yield* deviceCode(authorization, options).acquire(client, target)
  return { tokens, claims: yield* orRevoked(client, tokens, claimsOf(client, options, tokens)) }
})

const claimsOf = Effect.fnUntraced(function* (
  client: Client,
  { idTokens, target }: CompleteDeviceOptions,
  { idToken, accessToken }: TokenSet,
) {
  if (idToken === undefined) return target.scopes.includes("openid") ? yield* missingIdToken() : undefined
  const discovery = yield* Discovery
  const metadata = yield* Effect.mapError(discovery.metadata(client.issuer), asAcquire)
  const verifier = idTokens ?? (yield* signedIdTokens(client))
  const supported = metadata.idTokenSigningAlgValuesSupported
  const expected = { hashes: "if present", nonce: undefined, accessToken, supported } as const
  return yield* Effect.mapError(verifier.verify(idToken, expected), asRefused)
})
