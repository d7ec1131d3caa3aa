import type { Grant, Interaction } from "oidc-provider"
import type Provider from "oidc-provider"

interface Missing {
  readonly missingOIDCScope?: ReadonlyArray<string>
  readonly missingOIDCClaims?: ReadonlyArray<string>
  readonly missingResourceScopes?: Readonly<Record<string, ReadonlyArray<string>>>
}

const missingOf = ({ prompt }: Interaction): Missing => prompt.details as Missing

/** The scopes without the person's consent. */
export const missingScopes = (interaction: Interaction): ReadonlyArray<string> => {
  const { missingOIDCScope = [], missingResourceScopes = {} } = missingOf(interaction)
  const scopes = [...missingOIDCScope, ...Object.values(missingResourceScopes).flat()]
  return scopes.length === 0 ? ["access in your name"] : scopes
}

/** Records the consent; returns its id. */
export const saveConsent = async (provider: Provider, interaction: Interaction): Promise<string> => {
  const grant = await grantOf(provider, interaction)
  const { missingOIDCScope, missingOIDCClaims, missingResourceScopes = {} } = missingOf(interaction)
  if (missingOIDCScope !== undefined) grant.addOIDCScope([...missingOIDCScope])
  if (missingOIDCClaims !== undefined) grant.addOIDCClaims([...missingOIDCClaims])
  for (const [resource, scopes] of Object.entries(missingResourceScopes)) {
    grant.addResourceScope(resource, [...scopes])
  }
  return grant.save()
}

const grantOf = async (provider: Provider, { grantId, session, params }: Interaction): Promise<Grant> => {
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  return known ?? new provider.Grant({ accountId: String(session?.accountId), clientId: String(params["client_id"]) })
}
