import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { type AcquireError, invalidOptions } from "../errors/acquire-error.ts"
import type { Client } from "./client.ts"
import type { Secret } from "./secret.ts"
import { type Discovery, requireEndpoint } from "./discovery.ts"
import { browserEndpoint } from "./browser-endpoint.ts"
import { type ExtraParams, extraParams } from "./extra-params.ts"
import { definedParams } from "./defined-params.ts"
import { asAcquire } from "./client-request.ts"

/** Options of a logout at the issuer. */
export interface EndSessionOptions {
  /** The ID token of the login, expired or not: with it the issuer need not ask the person. */
  readonly idTokenHint?: Secret | undefined
  /** Where the person returns afterwards; registered at the issuer. */
  readonly postLogoutRedirectUri?: string | undefined
  /** Returned with the person. */
  readonly state?: string | undefined
  readonly extra?: ExtraParams | undefined
}

/**
 * The URL to send a person to for signing out at the issuer. It may hold the ID token, so it is a secret.
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
  const { idTokenHint: hint, postLogoutRedirectUri: back, state } = options
  if (back !== undefined && !URL.canParse(back)) {
    return yield* invalidOptions("postLogoutRedirectUri", "is not an absolute URI")
  }
  if (state !== undefined && back === undefined) {
    return yield* invalidOptions("state", "comes back only with a postLogoutRedirectUri")
  }
  const extra = yield* extraParams(options.extra, ownNames)
  const endpoint = yield* Effect.mapError(requireEndpoint(issuer, "endSessionEndpoint"), asAcquire)
  const url = yield* browserEndpoint("endSessionEndpoint", endpoint, issuer)
  const own = definedParams({
    client_id: clientId,
    id_token_hint: Redacted.isRedacted(hint) ? Redacted.value(hint) : hint,
    post_logout_redirect_uri: back,
    state,
  })
  for (const [name, value] of [...own, ...extra]) url.searchParams.set(name, value)
  return Redacted.make(url.href)
})

const ownNames = ["id_token_hint", "post_logout_redirect_uri", "state"]
