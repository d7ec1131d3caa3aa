import type { Interaction } from "oidc-provider"

import { requestedAcr } from "../provider/interaction-policy.ts"

/** What a login reaches: the first value asked for that the issuer knows, else the usual one. No other proof is asked. */
export const reachedAcr = ({ params }: Interaction, known: ReadonlyArray<string>): string | undefined => {
  const asked = [...essentialAcr(params["claims"]), ...requestedAcr(params)]
  return asked.flatMap((value) => known.filter((acr) => acr === value))[0] ?? known[0]
}

/** The values of the `acr` claim in the claims parameter (OpenID Connect Core §5.5.1.1), which was checked before. */
const essentialAcr = (claims: unknown): ReadonlyArray<unknown> => {
  if (typeof claims !== "string") return []
  const { id_token: idToken } = JSON.parse(claims) as ClaimsParameter
  return [idToken?.acr?.value, idToken?.acr?.values].flat()
}

interface ClaimsParameter {
  readonly id_token?: { readonly acr?: { readonly value?: unknown; readonly values?: unknown } | null }
}
