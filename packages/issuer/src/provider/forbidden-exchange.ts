import type { KoaContextWithOIDC } from "oidc-provider"
import type Provider from "oidc-provider"

import type { Context } from "../context.ts"
import { JWT_BEARER, ON_BEHALF_OF, TOKEN_EXCHANGE } from "../grant/grant-type.ts"
import { NOT_ALLOWED } from "./client-assertion.ts"
import { toAudience } from "./resource.ts"

/** Records an exchange that oidc-provider refuses by itself, because the client lacks the grant. */
export const recordForbiddenExchanges = (provider: Provider, { refusals }: Context): void => {
  provider.on("grant.error", ({ oidc }, error) => {
    const grant = delegationIn(oidc.params)
    if (grant === undefined || error.error_description !== NOT_ALLOWED) return
    const resource = oidc.params?.["resource"]
    const target = typeof resource === "string" ? toAudience(resource) : undefined
    refusals.add({ client: oidc.client?.clientId ?? "", target, reason: "grant_off", grant })
  })
}

const delegationIn = (params: KoaContextWithOIDC["oidc"]["params"]): string | undefined => {
  const { grant_type: grant, requested_token_use: use } = params ?? {}
  if (grant === JWT_BEARER && use === ON_BEHALF_OF) return ON_BEHALF_OF
  return grant === TOKEN_EXCHANGE ? TOKEN_EXCHANGE : undefined
}
