import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import type { Client } from "./client.ts"
import type { Secret } from "./secret.ts"
import { type Discovery, requireEndpoint } from "./discovery.ts"
import { type ExtraParams, extraParams } from "./extra-params.ts"
import { asAcquire, type Params } from "./client-request.ts"

export interface EndSessionOptions {
  /** The ID token of the login, expired or not: tells the issuer whose session ends without asking the person. */
  readonly idTokenHint?: Secret | undefined
  /** Where the person goes afterwards; registered at the issuer. */
  readonly postLogoutRedirectUri?: string | undefined
  /** Comes back with the person. */
  readonly state?: string
  readonly extra?: ExtraParams
}

/**
 * Where to send a person to sign out at the issuer. The URL may hold the ID token, so it is a secret.
 *
 * @see OpenID Connect RP-Initiated Logout §2
 */
export const endSessionUrl: (
  client: Pick<Client, "clientId" | "issuer">,
  options?: EndSessionOptions,
) => Effect.Effect<Redacted.Redacted<string>, AcquireError, Discovery> = Effect.fnUntraced(function* (
  { issuer, clientId },
  options = {},
) {
  const { postLogoutRedirectUri: back, state } = options
  if (back !== undefined && !URL.canParse(back)) {
    return yield* invalidOptions("postLogoutRedirectUri", "is not an absolute URI")
  }
  if (state !== undefined && back === undefined) {
    return yield* invalidOptions("state", "comes back only with a postLogoutRedirectUri")
  }
  const extra = yield* extraParams(options.extra, ownNames)
  const url = new URL(yield* Effect.mapError(requireEndpoint(issuer, "endSessionEndpoint"), asAcquire))
  const params: Params = [["client_id", clientId], ...ownParams(options), ...extra]
  for (const [name, value] of params) url.searchParams.set(name, value)
  return Redacted.make(url.href)
})

const ownNames = ["id_token_hint", "post_logout_redirect_uri", "state"]

const ownParams = ({ idTokenHint: hint, postLogoutRedirectUri: back, state }: EndSessionOptions): Params => [
  ...(hint === undefined ? [] : [["id_token_hint", typeof hint === "string" ? hint : Redacted.value(hint)] as const]),
  ...(back === undefined ? [] : [["post_logout_redirect_uri", back] as const]),
  ...(state === undefined ? [] : [["state", state] as const]),
]
