import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { AcquireError } from "../errors/acquire-error.ts"
import type { Http } from "../http/client.ts"
import type { Client } from "./client.ts"
import type { Secret } from "./secret.ts"
import { requestAsClient } from "./client-request.ts"
import type { Discovery } from "./discovery.ts"
import type { Classify } from "./rejection.ts"
import { type TokenHint, tokenParams } from "./token-hint.ts"

/**
 * Revokes a token; a refresh token with its whole grant. An unknown token counts as revoked already, so that is a
 * success; sending it again is harmless.
 *
 * @see RFC 7009 §2
 */
export const revoke = (
  client: Client,
  token: Secret,
  hint?: TokenHint,
): Effect.Effect<void, AcquireError, Http | Discovery> => {
  const text = typeof token === "string" ? token : Redacted.value(token)
  const request = { endpoint: "revocationEndpoint", params: tokenParams(text, hint), classify } as const
  return Effect.asVoid(requestAsClient(client, request))
}

const classify: Classify = ({ error }) => (error === "unsupported_token_type" ? error : undefined)
