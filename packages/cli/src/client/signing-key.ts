import type { PrivateKey, PrivateKeyOptions } from "@bearerkit/node"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { CommandError } from "../command-error.ts"
import type { ClientOptions } from "../option/client.ts"

/** A private key with its options. */
export interface SigningKey extends PrivateKeyOptions {
  readonly key: PrivateKey
}

/** Parses a private key, PEM or JWK. */
export const parseSigningKey = (
  text: Redacted.Redacted<string>,
  { algorithm, keyId }: Pick<ClientOptions, "algorithm" | "keyId">,
): Effect.Effect<SigningKey, CommandError> => {
  const rest = { ...(algorithm !== undefined && { algorithm }), ...(keyId !== undefined && { keyId }) }
  if (!Redacted.value(text).trimStart().startsWith("{")) return Effect.succeed({ key: text, ...rest })
  return Effect.try({
    try: (): unknown => JSON.parse(Redacted.value(text)),
    catch: () => notAKey,
  }).pipe(Effect.flatMap((json) => (isJwk(json) ? Effect.succeed({ key: json, ...rest }) : Effect.fail(notAKey))))
}

const isJwk = (json: unknown): json is { readonly kty: string } =>
  typeof json === "object" && json !== null && "kty" in json && typeof json.kty === "string"

const notAKey = new CommandError({
  code: "secret_unusable",
  what: "The private key starts like a JWK and is none.",
  fix: "Give one JSON object with kty and d, or PKCS #8 PEM.",
})
