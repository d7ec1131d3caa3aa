import { beginImplicit, completeImplicit, implicit } from "@bearerkit/core"
import type { BrowserFlow } from "./flow.ts"

/** Options of `locationHash`. */
export interface LocationHashOptions {
  /** `id_token token` asks for an access token too, which is then the token to present. @default id_token */
  readonly responseType?: "id_token" | "id_token token" | undefined
}

/**
 * With tokens in the hash of the address, for issuers that give a page no code. The login cannot be renewed. Warns of
 * `token-in-fragment`, and of `id-token-as-bearer` where the ID token is all that comes.
 *
 * @see OpenID Connect Core §3.2; RFC 9700 §2.1.2, which advises against it
 */
export const locationHash = ({ responseType = "id_token" }: LocationHashOptions = {}): BrowserFlow => ({
  responseMode: "fragment",
  begin: (client, target, options) => beginImplicit(client, target, { ...options, responseType }),
  complete: completeImplicit,
  warnings: (transaction) => implicit({ transaction, callback: "" }).warnings,
})
