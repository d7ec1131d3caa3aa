import type Provider from "oidc-provider"

import type { Context } from "../context.ts"
import { TOKEN_EXCHANGE } from "../grant/grant-type.ts"
import { NOT_ALLOWED } from "./client-assertion.ts"
import { toAudience } from "./resource.ts"

/** Records an exchange that oidc-provider refuses by itself, because the client lacks the grant. */
export const recordForbiddenExchanges = (provider: Provider, { refusals }: Context): void => {
  provider.on("grant.error", ({ oidc }, error) => {
    if (oidc.params?.["grant_type"] !== TOKEN_EXCHANGE || error.error_description !== NOT_ALLOWED) return
    const { resource } = oidc.params
    const target = typeof resource === "string" ? toAudience(resource) : undefined
    refusals.add({ client: oidc.client?.clientId ?? "", target, reason: "grant_off", grant: TOKEN_EXCHANGE })
  })
}
