import { errors, type KoaContextWithOIDC } from "oidc-provider"

import type { Context } from "../context.ts"
import { printable } from "../http/printable.ts"

/** What oidc-provider says of an address that is not registered, with the one that came and those that would do. */
export const explainRedirectUri = (
  { config }: Context,
  { oidc }: KoaContextWithOIDC,
  description: string | undefined,
): string | undefined => {
  if (description !== MISMATCH) return description
  const { clientId = "" } = oidc.client ?? {}
  const registered = config.clients.get(clientId)?.redirectUris ?? []
  const came = printable(String(oidc.params?.["redirect_uri"]))
  return `${MISMATCH}. It is ${came}; registered for ${clientId}: ${registered.join(", ") || "none"}`
}

const MISMATCH = new errors.InvalidRedirectUri().error_description
