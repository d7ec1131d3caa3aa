import { beginImplicit, completeImplicit, implicit } from "@bearerkit/core"
import type { BrowserFlow } from "./flow.ts"

/** Options of `locationHash`. */
export interface LocationHashOptions {
  /** `id_token token` also requests an access token, which APIs then get instead of the ID token. @default id_token */
  readonly responseType?: "id_token" | "id_token token" | undefined
}

/**
 * Signs a person in with tokens in the hash of the URL, for issuers that give a page no code. The login has no refresh
 * token. Warns of `token-in-fragment`, and of `id-token-as-bearer` if there is no access token.
 *
 * @see OpenID Connect Core §3.2; RFC 9700 §2.1.2, which advises against it
 */
export const locationHash = ({ responseType = "id_token" }: LocationHashOptions = {}): BrowserFlow => ({
  responseMode: "fragment",
  begin: (client, target, options) => beginImplicit(client, target, { ...options, responseType }),
  complete: completeImplicit,
  warnings: (transaction) => implicit({ transaction, callback: "" }).warnings,
})
