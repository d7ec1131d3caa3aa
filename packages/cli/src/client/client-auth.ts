import {
  type ClientAuth,
  clientSecretBasic,
  clientSecretJwt,
  clientSecretPost,
  none,
  privateKeyJwt,
} from "@bearerkit/node"
import * as Effect from "effect/Effect"
import type * as Redacted from "effect/Redacted"
import type { CommandError } from "../command-error.ts"
import type { ClientAuthMethod } from "../option/client.ts"
import { requiredSecret } from "./required.ts"
import type { SigningKey } from "./signing-key.ts"

export interface ClientCredentials {
  readonly secret: Redacted.Redacted<string> | undefined
  readonly key: SigningKey | undefined
}

/** The requested client authentication, or the one that fits the given credentials. */
export const clientAuthOf = (
  method: ClientAuthMethod | undefined,
  credentials: ClientCredentials,
): Effect.Effect<ClientAuth, CommandError> => {
  const chosen = method ?? fitting(credentials)
  const secret = requiredSecret("client-secret", credentials.secret, chosen)
  switch (chosen) {
    case "none":
      return Effect.succeed(none())
    case "client_secret_basic":
      return Effect.map(secret, clientSecretBasic)
    case "client_secret_post":
      return Effect.map(secret, clientSecretPost)
    case "client_secret_jwt":
      return Effect.map(secret, (value) => clientSecretJwt(value))
    case "private_key_jwt":
      return Effect.map(requiredSecret("private-key", credentials.key, chosen), ({ key, ...options }) =>
        privateKeyJwt(key, options),
      )
  }
}

/** The method that fits the given credentials. */
export const fitting = ({ secret, key }: ClientCredentials): ClientAuthMethod => {
  if (secret !== undefined) return "client_secret_basic"
  return key === undefined ? "none" : "private_key_jwt"
}
