import { interactionPolicy, type KoaContextWithOIDC } from "oidc-provider"

import type { CheckedConfig } from "../config/check.ts"
import { isNative } from "../config/redirect-uri.ts"

const { base, Check } = interactionPolicy

/** When a person is asked: as oidc-provider does, again for an `acr` that the session has not reached, and for a person who may not log in any more. */
export const interactionPolicyOf = ({ clients, acrValues }: CheckedConfig): interactionPolicy.DefaultPolicy => {
  const policy = base()
  const login = policy.get("login")?.checks
  // oidc-provider goes on with such a session, and fails.
  login?.add(
    new Check("no_account", "the person of the session is blocked or gone", "login_required", ({ oidc }) => {
      return oidc.session?.accountId !== undefined && oidc.entities.Account === undefined
    }),
  )
  login?.add(
    new Check("acr_values", "a login with another acr is required", "unmet_authentication_requirements", ({ oidc }) => {
      const reachable = requestedAcr(oidc.params).filter((acr) => acrValues.includes(acr))
      return reachable.length > 0 && !reachable.includes(oidc.session?.acr ?? "") && oidc.result?.login === undefined
    }),
  )
  const consent = policy.get("consent")?.checks
  consent?.remove("native_client_prompt")
  consent?.add(
    new Check("native_client_prompt", "native clients require interaction", "interaction_required", ({ oidc }) => {
      const client = clients.get(oidc.client?.clientId ?? "")
      return client !== undefined && isNative(client) && oidc.result?.consent === undefined
    }),
  )
  return policy
}

/** The `acr_values` of a request, the preferred one first (OpenID Connect Core §3.1.2.1). */
export const requestedAcr = (params: KoaContextWithOIDC["oidc"]["params"]): ReadonlyArray<string> => {
  const values = params?.["acr_values"]
  return typeof values === "string" ? values.split(" ").filter(Boolean) : []
}
