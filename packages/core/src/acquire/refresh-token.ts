import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { Secret } from "../protocol/secret.ts"
import { requestTokenSet, type Rescue } from "../protocol/token-endpoint.ts"
import type { Flow } from "./flow.ts"
import type { SecurityToken } from "./security-token.ts"

/** Options of `refreshToken`. */
export interface RefreshTokenOptions {
  /** The ID token of the login; the token set keeps it if the server sends no newer one (OpenID Connect Core §12.2). */
  readonly idToken?: Secret | undefined
  /** Keeps the next refresh token where nothing else of the answer can be used: the server has taken the last. */
  readonly rescue?: Rescue | undefined
}

/**
 * The next token set of a login. Never sent twice: a server that rotates refresh tokens takes reuse for theft. If no
 * new refresh token comes back, the set keeps the old one.
 *
 * @see RFC 6749 §6, OpenID Connect Core §12
 */
export const refreshToken = (
  token: Pick<SecurityToken, "digest" | "value">,
  options: RefreshTokenOptions = {},
): Flow => ({
  grant: "refresh_token",
  replay: "never",
  discovers: true,
  identity: [token.digest],
  warnings: [],
  acquire: Effect.fnUntraced(function* (client, target) {
    const params = [
      ["grant_type", "refresh_token"],
      ["refresh_token", Redacted.value(token.value)],
    ] as const
    const set = yield* requestTokenSet(client, target, { params, rescue: options.rescue })
    return { ...kept(options), ...set, refreshToken: set.refreshToken ?? token.value }
  }),
})

const kept = ({ idToken }: RefreshTokenOptions): { readonly idToken?: Redacted.Redacted<string> } => {
  if (idToken === undefined) return {}
  return { idToken: typeof idToken === "string" ? Redacted.make(idToken) : idToken }
}
