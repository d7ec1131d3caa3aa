import type { Api } from "../config/api.ts"
import type { Client } from "../config/client.ts"

/** One token of a chain of exchanges: what it was for and what it allowed there. */
export interface Step {
  /** Missing for a token that was for no API. */
  readonly audience: string | undefined
  readonly scopes: ReadonlyArray<string>
}

export interface ScopeRequest {
  readonly requested: ReadonlySet<string>
  readonly api: Pick<Api, "audience" | "scopes">
  readonly client: Pick<Client, "scopes">
  /** The subject token first, then those it was exchanged from. */
  readonly chain: ReadonlyArray<Step>
}

/**
 * What an exchange grants: asked for, known to the API, allowed to the client, and within every token of the chain
 * that was for this API or shares a scope name with it. Without a request: what the subject token has.
 *
 * The whole chain counts, or a detour over an API with other names would give back what was given up.
 */
export const grantedScopes = ({ requested, api, client, chain }: ScopeRequest): ReadonlyArray<string> => {
  const wanted = requested.size > 0 ? requested : new Set(chain[0]?.scopes)
  const limits = chain.filter(
    ({ audience, scopes }) => audience === api.audience || scopes.some((scope) => api.scopes.includes(scope)),
  )
  return api.scopes.filter(
    (scope) =>
      wanted.has(scope) && (client.scopes?.has(scope) ?? true) && limits.every(({ scopes }) => scopes.includes(scope)),
  )
}
