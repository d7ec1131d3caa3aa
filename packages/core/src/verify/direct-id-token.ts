import * as Effect from "effect/Effect"
import { asymmetricAlgorithms } from "../jws/algorithm.ts"
import type { IdTokenVerifierOptions } from "./id-token.ts"
import { type CheckIdToken, makeIdTokenParser } from "./id-token-parser.ts"

/**
 * Checks ID tokens straight from the token endpoint: everything but the signature, because TLS already authenticates
 * the issuer. Never for a token that came another way, such as through a browser.
 *
 * @see OpenID Connect Core §3.1.3.7 item 6
 */
export const directIdTokens = ({
  issuer,
  clientId,
}: Pick<IdTokenVerifierOptions, "clientId" | "issuer">): { readonly verify: CheckIdToken } => {
  const expectations = { issuer, audiences: [clientId], profile: "compatible", tolerance: 60 } as const
  const parse = makeIdTokenParser({ algorithms: asymmetricAlgorithms, expectations }, clientId)
  return { verify: (token, expected) => Effect.map(parse(token, expected), ({ claims }) => claims) }
}
